import { expect, test } from 'vitest';
import { frames } from '../src/frames';
import type { Answer, Series } from '../src/model';

const matrix = (result: Series[]): Answer => ({
  status: 'success',
  data: { resultType: 'matrix', result },
});
const values = (...texts: string[]): Array<[number, string]> =>
  texts.map((text, place) => [60 * place, text]);

test('a series is named by its legend', () => {
  const answer = matrix([{ metric: { job: 'api' }, values: values('1') }]);
  const [frame] = frames({ refId: 'A', expr: '', legendFormat: 'of {{job}}' }, answer, 60, false);
  expect(frame.name).toBe('of api');
});

test('NaN is a gap, infinities are numbers', () => {
  const answer = matrix([{ metric: {}, values: values('NaN', '+Inf', '-Inf', '2.5') }]);
  const [frame] = frames({ refId: 'A', expr: '' }, answer, 60, false);
  expect(frame.fields[1].values).toEqual([null, Infinity, -Infinity, 2.5]);
});

test('rows of a heatmap count what lies between two bounds', () => {
  const answer = matrix([
    { metric: { le: '+Inf' }, values: values('9') },
    { metric: { le: '10' }, values: values('7') },
    { metric: { le: '2' }, values: values('3') },
  ]);
  const [frame] = frames({ refId: 'A', expr: '', format: 'heatmap' }, answer, 60, false);
  expect(frame.fields.slice(1).map((row) => [row.name, row.values[0]])).toEqual([
    ['2', 3],
    ['10', 4],
    ['+Inf', 2],
  ]);
});

test('a table has a column for each label', () => {
  const answer: Answer = {
    status: 'success',
    data: { resultType: 'vector', result: [{ metric: { endpoint: '/x' }, value: [60, '4'] }] },
  };
  const [frame] = frames({ refId: 'A', expr: '', format: 'table' }, answer, 60, true);
  expect(frame.fields.map(({ name }) => name)).toEqual(['Time', 'endpoint', 'Value #A']);
});

test('an answer that is an error is thrown with its words', () => {
  expect(() => frames({ refId: 'A', expr: '' }, { status: 'error', error: 'why' }, 60, false)).toThrow('why');
});
