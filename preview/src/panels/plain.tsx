// Tables and texts.
import { renderTextPanelMarkdown, textUtil } from '@grafana/data';
import { TableNG } from '@grafana/ui/unstable';
import { NoData, type ViewProps } from './view';

export function TableView({ series, options, width, height, timeRange, fieldConfig }: ViewProps) {
  const frame = series[options.frameIndex ?? 0] ?? series[0];
  if (!frame?.fields.length || !frame.length) return <NoData width={width} height={height} />;
  return (
    <TableNG
      data={frame}
      width={width}
      height={height}
      noHeader={!options.showHeader}
      sortBy={options.sortBy}
      cellHeight={options.cellHeight}
      timeRange={timeRange}
      fieldConfig={fieldConfig}
      structureRev={1}
      enableVirtualization
      resizable
    />
  );
}

const EMPTY_HEAD = /<thead>\s*<tr>\s*(<th>\s*<\/th>\s*)*<\/tr>\s*<\/thead>/g;

/** Markdown as Grafana's text panel renders it; everything that could run is taken out. */
export function Markdown({ text }: { text: string }) {
  const html = textUtil.sanitize(renderTextPanelMarkdown(text)).replace(EMPTY_HEAD, '');
  return <div className="markdown-html" dangerouslySetInnerHTML={{ __html: html }} />;
}

export function TextView({ options, replaceVariables, width, height }: ViewProps) {
  const text = replaceVariables(options.content ?? '');
  const html = textUtil.sanitizeTextPanelContent(text);
  return (
    <div style={{ width, height, overflow: 'auto' }}>
      {options.mode === 'markdown' && <Markdown text={text} />}
      {options.mode === 'html' && <div dangerouslySetInnerHTML={{ __html: html }} />}
      {options.mode === 'code' && <pre>{text}</pre>}
    </div>
  );
}
