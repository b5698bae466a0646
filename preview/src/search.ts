// Finds anything by words: dashboards, panels, alerts, objectives, metrics, records.
import type { Contents } from './model';
import type { Place } from './place';

export interface Entry {
  kind: 'Dashboard' | 'Panel' | 'Alert' | 'Metric' | 'Record' | 'Objective';
  title: string;
  detail: string;
  place: Partial<Place>;
}

export function entries({ dashboards, panels, alerts, metrics, records, slos }: Contents): Entry[] {
  const titles = new Map(dashboards.map(({ uid, title }) => [uid, title]));
  return [
    ...dashboards.map(
      ({ uid, title, description = '' }): Entry => ({
        kind: 'Dashboard',
        title,
        detail: description,
        place: { kind: 'd', name: uid },
      }),
    ),
    ...alerts.map(
      ({ name, summary, severity }): Entry => ({
        kind: 'Alert',
        title: name,
        detail: `${severity} ${summary}`,
        place: { kind: 'alert', name },
      }),
    ),
    ...slos.map(
      ({ name, help }): Entry => ({ kind: 'Objective', title: name, detail: help, place: { kind: 'slos', name: '' } }),
    ),
    ...panels.map(
      ({ uid, id, title }): Entry => ({
        kind: 'Panel',
        title,
        detail: titles.get(uid) ?? '',
        place: { kind: 'd', name: uid, panel: id },
      }),
    ),
    ...metrics.map(
      ({ name, help }): Entry => ({
        kind: 'Metric',
        title: name,
        detail: help,
        place: { kind: 'metric', name },
      }),
    ),
    ...records.map(
      ({ name, expr }): Entry => ({ kind: 'Record', title: name, detail: expr, place: { kind: 'record', name } }),
    ),
  ];
}

/** Those in which every word occurs, those with the words in their title first. */
export function search(all: Entry[], text: string, most = 12): Entry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const inTitle = ({ title }: Entry) => words.every((word) => title.toLowerCase().includes(word));
  const anywhere = (entry: Entry) =>
    words.every((word) => `${entry.kind} ${entry.title} ${entry.detail}`.toLowerCase().includes(word));
  const found = all.filter(anywhere);
  return [...found.filter(inTitle), ...found.filter((entry) => !inTitle(entry))].slice(0, most);
}
