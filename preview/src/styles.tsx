import { css, Global } from '@emotion/react';
import type { GrafanaTheme2 } from '@grafana/data';

/** What the page has beside Grafana's own parts. */
export function PageStyles({ theme }: { theme: GrafanaTheme2 }) {
  const { colors } = theme;
  return (
    <Global
      styles={css`
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
        .pb-page {
          max-width: 1100px;
          margin: 0 auto;
        }
        .pb-page h1 {
          font-size: 28px;
        }
        .pb-page h2 {
          margin-top: 24px;
          font-size: 20px;
        }
        .pb-page img {
          max-width: 100%;
          background: #ffffff;
        }
        .pb-page pre {
          overflow: auto;
        }
        .pb-page ul {
          padding-left: 20px;
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
        .pb-bar > a {
          font-weight: 500;
        }
        .pb-bar select,
        .pb-bar input,
        .pb-bar > button,
        .pb-main,
        .pb-related button {
          min-height: 32px;
          padding: 4px 8px;
          color: ${colors.text.primary};
          background: ${colors.background.secondary};
          border: 1px solid ${colors.border.medium};
          border-radius: 2px;
        }
        .pb-bar label {
          margin: 0;
        }
        .pb-bar select {
          max-width: 280px;
        }
        .pb-main {
          background: ${colors.primary.main};
          color: ${colors.primary.contrastText};
        }
        :is(button, input, select, a):focus-visible {
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
          align-items: baseline;
          gap: 4px 16px;
          margin-bottom: 8px;
        }
        .pb-head h1 {
          margin: 0;
          font-size: 20px;
        }
        .pb-head span {
          color: ${colors.text.secondary};
        }
        .pb-variables {
          display: flex;
          flex-wrap: wrap;
          gap: 12px;
        }
        .pb-firing button,
        .pb-link {
          padding: 0 4px;
          color: ${colors.text.link};
          background: none;
          border: 0;
          text-align: left;
          overflow-wrap: anywhere;
        }
        .pb-link {
          padding: 2px 0;
        }
        .pb-firing {
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
        .pb-list li {
          margin-bottom: 8px;
        }
        .pb-columns {
          columns: 300px;
        }
        .pb-critical {
          color: ${colors.error.text};
        }
        .pb-warning {
          color: ${colors.warning.text};
        }
        .pb-severity {
          font-size: 16px;
        }
        .pb-scroll {
          overflow-x: auto;
        }
        .pb-scroll td,
        .pb-scroll th {
          padding: 4px 8px;
          vertical-align: top;
          border-bottom: 1px solid ${colors.border.weak};
        }
        .pb-chosen {
          background: ${colors.action.selected};
        }
      `}
    />
  );
}
