import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeColumns } from '../../../src/dashboard/columns.js';
import { packCurves } from '../../../src/dashboard/curve-codec.js';
import type { ReportData } from '../../../src/dashboard/protocol.js';
import { reportHtml } from '../../../src/dashboard/report/report.js';
import { syntheticStudy } from '../page/synthetic-study.js';

const FILES = {
  script: 'const a="</script><script>alert(1)</script><!-- x";',
  style: 'a{content:"</style><b>"}',
};

function report(name: string): ReportData {
  const { info, columns, curves } = syntheticStudy({ name, trials: 30 });
  return {
    server: {
      version: '1',
      storage: 'sqlite:///a.db',
      readOnly: true,
      actions: [],
      database: { state: 'open', message: null },
    },
    study: info,
    importance: [],
    columns: encodeColumns(columns),
    curves: encodeColumns(packCurves(curves.header, curves.list)),
    trials: [],
    madeAtMs: 0,
  };
}

/** The bytes of a block of data of the file. */
function dataOf(html: string, id: string): Buffer {
  const text = new RegExp(`id="${id}">([^<]*)<`).exec(html)?.[1] ?? '';
  return gunzipSync(Buffer.from(text, 'base64'));
}

describe('a report', () => {
  test('has the data of the study, as the page reads them', () => {
    const data = report('digits');
    const html = reportHtml(data, FILES);
    expect(JSON.parse(dataOf(html, 'hpo-report').toString())).toMatchObject({ study: { name: 'digits' } });
    expect(new Uint8Array(dataOf(html, 'hpo-columns'))).toEqual(data.columns);
    expect(new Uint8Array(dataOf(html, 'hpo-curves'))).toEqual(data.curves);
  });

  test('runs its own script alone: neither the script nor a name ends an element early', () => {
    const html = reportHtml(report('</title><script>alert(1)</script>'), FILES);
    expect(html.match(/<script/g)).toHaveLength(4);
    expect(html.match(/<\/script/g)).toHaveLength(4);
    expect(html.match(/<\/style/g)).toHaveLength(1);
    expect(html.match(/<\/title/g)).toHaveLength(1);
    expect(html).not.toContain('<!--');
  });

  test('allows nothing from elsewhere', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(reportHtml(report('a'), FILES))?.[1];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'sha256-[A-Za-z0-9+/=]{44}';/);
    expect(policy).not.toMatch(/unsafe|http|\*/);
  });
});
