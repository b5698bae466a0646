import { css, Global } from '@emotion/react';
import type { GrafanaTheme2 } from '@grafana/data';
import { pageRules } from './pageStyles';

/** What the page has beside Grafana's own parts: the bar, dashboards and what stands around them. */
const rules = ({ colors }: GrafanaTheme2) => css`
  html,
  body {
    height: auto;
    overflow: visible;
  }
  body {
    margin: 0;
    background: ${colors.background.canvas};
    color: ${colors.text.primary};
  }
  main {
    padding: 16px;
  }
  .pb-bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 12px;
    padding: 8px 16px;
    background: ${colors.background.primary};
    border-bottom: 1px solid ${colors.border.weak};
  }
  .pb-bar nav {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 12px;
  }
  .pb-home {
    font-weight: 500;
  }
  .pb-bar select,
  .pb-bar input,
  .pb-bar > button,
  .pb-main,
  .pb-button,
  .pb-controls button,
  .pb-controls select,
  .pb-controls > label input,
  .pb-drop > summary {
    min-height: 32px;
    padding: 4px 8px;
    color: ${colors.text.primary};
    background: ${colors.background.secondary};
    border: 1px solid ${colors.border.medium};
    border-radius: 2px;
  }
  .pb-controls button:disabled {
    color: ${colors.text.disabled};
  }
  .pb-bar label,
  .pb-controls label {
    margin: 0;
  }
  .pb-controls :is(select, input) {
    width: auto;
  }
  .pb-drop > summary {
    box-sizing: border-box;
    height: 32px;
  }
  .pb-bar select {
    max-width: 280px;
  }
  .pb-main {
    display: inline-block;
    background: ${colors.primary.main};
    color: ${colors.primary.contrastText};
  }
  [aria-current='page'] {
    text-decoration: underline;
  }
  :is(button, input, select, a, summary, pre, [tabindex="0"]):focus-visible {
    outline: 2px solid ${colors.primary.text};
    outline-offset: 1px;
  }
  .pb-search {
    position: relative;
    flex: 1 1 200px;
  }
  .pb-search input {
    width: 100%;
  }
  .pb-search ul {
    position: absolute;
    z-index: 1100;
    left: 0;
    right: 0;
    max-height: 70vh;
    overflow: auto;
    list-style: none;
    background: ${colors.background.elevated};
    border: 1px solid ${colors.border.medium};
  }
  .pb-search li {
    padding: 6px 8px;
    cursor: pointer;
  }
  .pb-search li[aria-selected='true'] {
    background: ${colors.action.selected};
  }
  .pb-search i,
  .pb-search small,
  .pb-row small,
  .pb-empty small {
    color: ${colors.text.secondary};
  }
  .pb-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
    margin-bottom: 8px;
  }
  .pb-head h1 {
    margin: 0;
    font-size: 20px;
  }
  .pb-controls {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    margin-left: auto;
    color: ${colors.text.secondary};
  }
  .pb-drop {
    position: relative;
  }
  .pb-drop > summary {
    display: flex;
    align-items: center;
    gap: 4px;
    max-width: 320px;
    overflow: hidden;
    white-space: nowrap;
    cursor: pointer;
    list-style: none;
  }
  .pb-drop > summary b {
    overflow: hidden;
    color: ${colors.text.primary};
    text-overflow: ellipsis;
  }
  .pb-drop > summary::after {
    content: '▾';
  }
  .pb-drop-body {
    position: absolute;
    z-index: 1100;
    top: 100%;
    left: 0;
    min-width: 100%;
    max-width: 90vw;
    max-height: 60vh;
    padding: 8px;
    overflow: auto;
    background: ${colors.background.elevated};
    border: 1px solid ${colors.border.medium};
  }
  .pb-drop-body legend {
    margin: 0;
    font-size: 14px;
  }
  .pb-drop-body label {
    display: block;
    padding: 4px 0;
    color: ${colors.text.primary};
    white-space: nowrap;
  }
  .pb-drop-body ul {
    margin: 0;
    list-style: none;
  }
  .pb-drop-body li button {
    width: 100%;
    text-align: left;
    white-space: nowrap;
  }
  .pb-explain {
    display: flex;
    align-items: center;
    padding: 0 4px;
    color: ${colors.text.secondary};
    opacity: 0;
  }
  section:hover .pb-explain,
  section:focus-within .pb-explain,
  .pb-explain:focus-visible {
    opacity: 1;
  }
  .pb-busy {
    position: fixed;
    z-index: 1200;
    right: 16px;
    bottom: 16px;
    margin: 0;
    padding: 8px 12px;
    background: ${colors.background.elevated};
    border: 1px solid ${colors.border.medium};
    /* most answers are there at once */
    animation: pb-appear 0s 0.3s both;
  }
  @keyframes pb-appear {
    from {
      visibility: hidden;
    }
  }
  .pb-problem {
    margin: 0;
    border-left: 4px solid ${colors.error.main};
    white-space: pre-wrap;
  }
  .pb-firing {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    margin: 0 0 8px;
    padding: 6px 10px;
    border-left: 4px solid ${colors.error.main};
    background: ${colors.background.primary};
  }
  .pb-marks {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin-bottom: 8px;
    list-style: none;
  }
  .pb-marks li {
    padding: 2px 8px;
    border-left: 3px solid;
    background: ${colors.background.primary};
    font-size: 12px;
  }
  .pb-row {
    display: flex;
    align-items: center;
    gap: 8px;
    width: 100%;
    height: 100%;
    padding: 0;
    background: none;
    border: 0;
    color: ${colors.text.primary};
    font-size: 18px;
    font-weight: 500;
  }
  .pb-related {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-top: 16px;
  }
  .pb-empty {
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    overflow: hidden;
    text-align: center;
  }
  .pb-scale {
    width: 320px;
    max-width: 60%;
    padding: 0 8px 4px;
    font-size: 12px;
  }
  .pb-scale > div:last-child {
    display: flex;
    justify-content: space-between;
  }
  .pb-dial-name {
    overflow: hidden;
    height: 20px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
`;

export function PageStyles({ theme }: { theme: GrafanaTheme2 }) {
  return <Global styles={[rules(theme), pageRules(theme)]} />;
}
