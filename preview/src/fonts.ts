// Takes the place of the font styles of @grafana/ui, which point at files of a Grafana server.
import { css } from '@emotion/react';
import inter from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?inline';

export const getFontStyles = () => css([]);

/** Axes and legends are measured on a canvas, so the font has to be there before they are drawn. */
export async function loadFonts(): Promise<void> {
  const face = new FontFace('Inter', `url(${inter}) format('woff2')`, { weight: '100 900' });
  document.fonts.add(await face.load());
}
