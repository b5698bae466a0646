// Annotations: stretches of time in which their query has a value, as Grafana joins its samples.
import { renderLegendFormat } from '@grafana/data';
import type { AnnotationQuery, Dashboard, Shown } from './model';
import type { Mark } from './panels/view';

function ofQuery(query: AnnotationQuery, shown: Shown, color: (name: string) => string): Mark[] {
  const answer = shown.answers[`annotation.${query.name}`];
  if (!answer || answer.status === 'error') return [];
  const marks: Mark[] = [];
  for (const { metric, values = [] } of answer.data.result) {
    let last: Mark | undefined;
    for (const [time, text] of values) {
      if (!(Number(text) > 0)) continue;
      const at = time * 1000;
      if (last && at - last.end <= shown.step * 1000) {
        last.end = at;
        continue;
      }
      last = {
        time: at,
        end: at,
        count: 1,
        color: color(query.iconColor),
        title: renderLegendFormat(query.titleFormat ?? query.name, metric),
        text: renderLegendFormat(query.textFormat ?? '', metric),
      };
      marks.push(last);
    }
  }
  return marks;
}

/** One mark for those that read alike at the same time. */
function joined(marks: Mark[]): Mark[] {
  const byReading = new Map<string, Mark>();
  for (const mark of marks) {
    const reading = [mark.time, mark.end, mark.title, mark.text].join('\n');
    const same = byReading.get(reading);
    byReading.set(reading, same ? { ...same, count: same.count + 1 } : mark);
  }
  return [...byReading.values()];
}

export function marksOf(dashboard: Dashboard, shown: Shown, color: (name: string) => string): Mark[] {
  return dashboard.annotations.list
    .filter((query) => query.expr)
    .flatMap((query) => joined(ofQuery(query, shown, color)))
    .sort((one, other) => one.time - other.time);
}
