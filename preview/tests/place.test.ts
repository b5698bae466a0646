import { expect, test } from 'vitest';
import { hashOf, placeOf } from '../src/place';

test('an address leads back to the place it was made of', () => {
  for (const hash of ['#/', '#/d/shop', '#/d/shop?while=OrdersFail&theme=light', '#/alert/A%2Fwarning']) {
    expect(hashOf(placeOf(hash))).toBe(hash);
  }
});

test('an address that says nothing leads home', () => {
  expect(placeOf('')).toMatchObject({ kind: 'home', scenario: '', theme: 'dark' });
  expect(placeOf('#/nowhere/x')).toMatchObject({ kind: 'home' });
});
