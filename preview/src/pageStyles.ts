// Pages of text: alerts, metrics, records, objectives, changes.
import { css } from '@emotion/react';
import type { GrafanaTheme2 } from '@grafana/data';

export const pageRules = ({ colors }: GrafanaTheme2) => css`
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
  .pb-link {
    padding: 2px 0;
    color: ${colors.text.link};
    overflow-wrap: anywhere;
  }
  main .pb-link,
  .markdown-html a {
    text-decoration: underline;
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
  h1 .pb-severity {
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
  .pb-graph {
    overflow: auto;
    max-height: 480px;
    padding: 4px;
  }
  .pb-graph path {
    fill: none;
    stroke: ${colors.border.strong};
  }
  .pb-graph text {
    fill: ${colors.text.primary};
    font-size: 12px;
  }
  .pb-node {
    fill: ${colors.background.secondary};
    stroke: ${colors.border.strong};
  }
  .pb-node-record {
    stroke: ${colors.info.text};
  }
  .pb-node-alert {
    stroke: ${colors.error.text};
  }
  .pb-node-panel {
    stroke: ${colors.success.text};
  }
  .pb-node-here {
    stroke-width: 3px;
  }
  .pb-page dt {
    float: left;
    clear: left;
    min-width: 200px;
    color: ${colors.text.secondary};
  }
  .pb-page dd {
    margin: 0 0 4px 200px;
    overflow-wrap: anywhere;
  }
  .pb-budget-missed {
    color: ${colors.error.text};
  }
  .pb-budget-low {
    color: ${colors.warning.text};
  }
  .pb-status {
    padding: 2px 6px;
    border-radius: 2px;
    font-size: 12px;
    color: ${colors.text.primary};
    border: 1px solid ${colors.border.strong};
  }
  .pb-status-added {
    border-color: ${colors.success.text};
  }
  .pb-status-removed {
    border-color: ${colors.error.text};
  }
  .pb-pair {
    margin-bottom: 16px;
    padding-left: 12px;
    border-left: 4px solid ${colors.warning.main};
  }
  .pb-pair h2 {
    margin: 0;
    font-size: 16px;
  }
  .pb-pair > div {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: 16px;
  }
  .pb-pair figure {
    margin: 0;
  }
  .pb-why {
    margin: 0;
    padding-left: 20px;
    overflow-wrap: anywhere;
  }
  @media (max-width: 700px) {
    .pb-pair > div {
      display: block;
    }
    .pb-page dd {
      margin-left: 0;
    }
    .pb-page dt {
      float: none;
    }
  }
`;
