import { expect, test } from 'vitest';
import { changed, hashOf, inside, placeOf } from '../src/place';

test('an address leads back to the place it was made of', () => {
  for (const hash of ['#/', '#/d/shop', '#/d/shop?while=OrdersFail&theme=light', '#/alert/A%2Fwarning',
    '#/d/shop?from=now-6h&to=now&var-job=api&var-job=worker&viewPanel=7']) {
    expect(hashOf(placeOf(hash))).toBe(hash);
  }
});

test('an address that says nothing leads home', () => {
  expect(placeOf('')).toMatchObject({ kind: 'home', scenario: '', theme: 'dark' });
  expect(placeOf('#/nowhere/x')).toMatchObject({ kind: 'home' });
});

test('another page has its own time, and keeps situation, theme and choices', () => {
  const place = placeOf('#/d/shop?while=A&theme=light&from=now-6h&to=now&var-job=api&viewPanel=7');
  const other = '#/d/other?while=A&var-job=api&theme=light';
  expect(hashOf(changed(place, { kind: 'd', name: 'other' }))).toBe(other);
  expect(changed(place, { theme: 'dark' })).toEqual({ ...place, theme: 'dark' });
});

test('links of dashboards and runbooks lead into the page, with their time and choices', () => {
  const [uids, names] = [new Set(['shop']), new Set(['OrdersFail'])];
  expect(inside('/d/shop?from=1&to=2&var-job=api', uids, names)).toMatchObject({
    kind: 'd', name: 'shop', from: '1', to: '2', variables: { job: ['api'] },
  });
  expect(inside('http://localhost:3000/d/shop/title?viewPanel=7', uids, names)).toMatchObject({ panel: 7 });
  expect(inside('OrdersFail.md', uids, names)).toEqual({ kind: 'alert', name: 'OrdersFail' });
  expect(inside('https://example.com/', uids, names)).toBeUndefined();
});
