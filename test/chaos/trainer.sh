# The trainer of the chaos runs. It notes what it does in a file of its own (one write a line, so that trainers that
# run at once do not mix), each line before it is printed: whoever reacts to the print finds the note.
# x decides everything: how many epochs, how it ends (x % 7 = 5: exit code 3), and whether it must be pruned
# (x % 10 = 4: a loss beyond the pruner's limit at epoch 2, then it waits to be stopped).
for arg in "$@"; do case $arg in x=*) x=${arg#x=} ;; esac; done
note() { echo "$HPO_TRIAL $HPO_ATTEMPT_TOKEN $*" >>records; }
say() {
  note "print $1"
  echo "$1"
}
note "start $x"
epoch=1
while [ $epoch -le $((2 + x % 3)) ]; do
  sleep "$TORTURE_PAUSE_S"
  if [ $epoch -eq 2 ] && [ $((x % 10)) -eq 4 ]; then
    say "METRIC epoch=2 loss=5000"
    exec sleep 120
  fi
  say "METRIC epoch=$epoch loss=$x.$epoch twice=$((2 * x))"
  epoch=$((epoch + 1))
done
code=0
if [ $((x % 7)) -eq 5 ]; then code=3; fi
note "end $code"
exit $code
