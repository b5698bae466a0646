// Texts of dashboards with `$name`, `${name:format}` and `${__field.labels.x}` in them.
import { getFieldDisplayName, type DataContextScopedVar, type InterpolateFunction } from '@grafana/data';

const VARIABLE = /\$(\w+)|\$\{(\w+)((?:\.\w+)*)(?::(\w+))?\}/g;

function ofField(path: string, context: DataContextScopedVar['value']): string | undefined {
  const { field, frame, data } = context;
  if (path === '.name' || path === '.displayName') return getFieldDisplayName(field!, frame, data);
  if (path.startsWith('.labels.')) return field?.labels?.[path.slice('.labels.'.length)] ?? '';
  return undefined;
}

function ofValue(path: string, context: DataContextScopedVar['value']): string {
  const value =
    context.calculatedValue ?? context.field?.display?.(context.field.values[context.rowIndex ?? 0]);
  return path === '.text' ? (value?.text ?? '') : String(value?.numeric ?? '');
}

/** Replaces variables; one that is not known stays as it is, as in Grafana. */
export function interpolator(values: Record<string, string>): InterpolateFunction {
  return (text, scoped, format) =>
    String(text ?? '').replace(VARIABLE, (all, plain, braced, path = '', ownFormat) => {
      const name: string = plain ?? braced;
      const context = scoped?.__dataContext?.value as DataContextScopedVar['value'] | undefined;
      if (name === '__field' && context) return ofField(path, context) ?? all;
      if (name === '__value' && context) return ofValue(path, context);
      const found = scoped?.[name]?.value ?? values[name];
      if (found === undefined) return all;
      const encoded = (ownFormat ?? format) === 'percentencode';
      return encoded ? encodeURIComponent(String(found)) : String(found);
    });
}
