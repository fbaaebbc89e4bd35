import type { Node } from './tree.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Returns the script with which a shell completes hpo. */
export function completionScript(shell: Shell, nodes: readonly Node[]): string {
  return { bash, zsh, fish }[shell](nodes);
}

const paths = (nodes: readonly Node[]) =>
  nodes
    .filter(({ path }) => path !== '')
    .map(({ path }) => quote(path))
    .join(' | ');

const wordsOf = ({ commands, options }: Node) => [...commands, ...options].map(({ word }) => word);

/** Returns the options with choices, as `command --option` (hpo's own have a leading blank). */
const choices = (nodes: readonly Node[]) =>
  nodes.flatMap(({ path, options }) =>
    options
      .filter(({ values }) => values && values.length > 0)
      .map(({ word, values }) => ({ key: `${path} ${word}`, values: values as readonly string[] })),
  );

function bash(nodes: readonly Node[]): string {
  return `# hpo in bash: eval "$(hpo completion bash)" in ~/.bashrc
_hpo() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} path= next words= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next=\${path:+$path }\${COMP_WORDS[i]}
    case $next in
      ${paths(nodes)}) path=$next ;;
    esac
  done
  case "$path $prev" in
${choices(nodes)
  .map(({ key, values }) => `    ${quote(key)}) words=${quote(values.join(' '))} ;;`)
  .join('\n')}
    *)
      case $path in
${nodes.map((node) => `        ${quote(node.path)}) words=${quote(wordsOf(node).join(' '))} ;;`).join('\n')}
      esac
      ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _hpo hpo
`;
}

function zsh(nodes: readonly Node[]): string {
  const described = ({ commands, options }: Node) =>
    [...commands, ...options]
      .map(({ word, about }) => quote(`${word.replaceAll(':', '\\:')}:${about}`))
      .join(' ');
  return `#compdef hpo
# hpo in zsh: as _hpo in a folder of fpath, or eval "$(hpo completion zsh)" in ~/.zshrc after compinit
_hpo() {
  local path_= next i
  local -a words_
  for ((i = 2; i < CURRENT; i++)); do
    next=\${path_:+$path_ }\${words[i]}
    case $next in
      (${paths(nodes)}) path_=$next ;;
    esac
  done
  case "$path_ \${words[CURRENT - 1]}" in
${choices(nodes)
  .map(({ key, values }) => `    (${quote(key)}) words_=(${values.map(quote).join(' ')}) ;;`)
  .join('\n')}
    (*)
      case $path_ in
${nodes.map((node) => `        (${quote(node.path)}) words_=(${described(node)}) ;;`).join('\n')}
      esac
      ;;
  esac
  _describe hpo words_ || _files
}
# As a file of fpath, this is already the first call and must complete it.
if [[ \${funcstack[1]} == _hpo ]]; then _hpo "$@"; else compdef _hpo hpo; fi
`;
}

function fish(nodes: readonly Node[]): string {
  const lines = nodes.flatMap(({ path, commands, options }) => {
    const here = `-n ${fishQuote(`test (__hpo_path) = ${fishQuote(path)}`)}`;
    return [
      ...commands.map(({ word, about }) => `complete -c hpo ${here} -f -a ${word} -d ${fishQuote(about)}`),
      ...options.map(({ word, about, values }) => {
        const takes =
          values === null ? '' : values.length > 0 ? ` -x -a ${fishQuote(values.join(' '))}` : ' -r';
        return `complete -c hpo ${here} -l ${word.slice(2)}${takes} -d ${fishQuote(about)}`;
      }),
    ];
  });
  return `# hpo in fish: hpo completion fish > ~/.config/fish/completions/hpo.fish
function __hpo_path
    set -l path ''
    for word in (commandline -opc)[2..-1]
        set -l next (string trim -- "$path $word")
        if contains -- $next ${nodes
          .filter(({ path }) => path !== '')
          .map(({ path }) => fishQuote(path))
          .join(' ')}
            set path $next
        end
    end
    echo "$path"
end
${lines.join('\n')}
`;
}

/** Quotes for bash and zsh: single quotes protect every other character. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
