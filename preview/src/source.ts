// Where the page's data comes from: elements of the file itself, packed; else the server beside it.
import type { Answer, Budgets, Contents, Scenario, Shown } from './model';
import type { Range } from './time';

const ALL_IS_WELL = '';

/** Which of two revisions: the one that is looked at, or what it is compared with. */
export type Side = 'now' | 'before';

export interface View {
  uid: string;
  scenario: string;
  range: Range;
  variables: Record<string, string[]>;
  side: Side;
}

export type Answered = Shown & { firing: string[] };

/** Whether all data is in the file, so that nothing else can be computed. */
export const isFile = (): boolean => document.getElementById('data:contents') !== null;

async function fromFile<T>(id: string): Promise<T> {
  const element = document.getElementById(`data:${id}`);
  if (!element) throw new Error(`this file was written without ${id}`);
  const bytes = Uint8Array.from(atob(element.textContent ?? ''), (each) => each.charCodeAt(0));
  const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(text).json();
}

async function fromServer<T>(name: string, query: URLSearchParams): Promise<T> {
  const answer = await fetch(`data/${name}.json${query.size ? `?${query}` : ''}`);
  if (!answer.ok) throw new Error((await answer.text()) || `the server answers ${answer.status}`);
  return answer.json();
}

export const contents = (): Promise<Contents> =>
  isFile() ? fromFile('contents') : fromServer('contents', new URLSearchParams());

const known = new Map<string, Promise<Scenario>>();

function scenario(name: string, side: Side): Promise<Scenario> {
  const id = `${side === 'before' ? 'before ' : ''}scenario ${name}`;
  const read = known.get(id) ?? fromFile<Scenario>(id);
  known.set(id, read);
  return read;
}

/** Samples within the time. */
function clipped(answer: Answer, begin: number, end: number): Answer {
  if (answer.status === 'error') return answer;
  const result = answer.data.result.map((series) => ({
    ...series,
    ...(series.values && { values: series.values.filter(([at]) => at >= begin && at <= end) }),
  }));
  return { ...answer, data: { ...answer.data, result } };
}

/** A part of what the file holds. */
export function within(shown: Shown, { last, begin, end }: Range): Shown {
  const stop = Math.min(end ?? shown.end, shown.end);
  const start = Math.max(last ? stop - last : (begin ?? shown.begin), shown.begin);
  if (stop - start < shown.step || (start === shown.begin && stop === shown.end)) return shown;
  const answers = Object.fromEntries(
    Object.entries(shown.answers).map(([at, answer]) => [at, clipped(answer, start, stop)]),
  );
  return { ...shown, begin: start, end: stop, answers };
}

async function shownInFile({ uid, scenario: name, range, side }: View): Promise<Answered> {
  const asked = await scenario(name, side);
  const own = asked.dashboards[uid];
  if (own && !own.partial) return { ...within(own, range), firing: asked.firing };
  const calm = (await scenario(ALL_IS_WELL, side)).dashboards[uid];
  if (!calm) throw new Error(`there is no dashboard ${uid} in this situation`);
  const whole = { ...calm, answers: { ...calm.answers, ...own?.answers } };
  return { ...within(whole, range), firing: asked.firing };
}

/** What a dashboard shows. */
export function shown(view: View): Promise<Answered> {
  if (isFile()) return shownInFile(view);
  const query = new URLSearchParams({ uid: view.uid, while: view.scenario });
  for (const [name, seconds] of Object.entries(view.range)) query.set(name, String(seconds));
  for (const [name, values] of Object.entries(view.variables)) {
    for (const value of values) query.append(`var-${name}`, value);
  }
  if (view.side === 'before') query.set('of', 'before');
  return fromServer('shown', query);
}

/** What is left of the error budgets. */
export const budgets = async (name: string): Promise<Budgets> =>
  isFile()
    ? (await scenario(name, 'now')).budgets
    : fromServer('budgets', new URLSearchParams({ while: name }));

export interface News {
  version: number;
  /** Why what was saved last cannot be shown; empty where it is. */
  problem: string;
}

/** Hears of each change of the definitions, until the returned function is called. */
export function listen(told: (news: News) => void): () => void {
  const source = new EventSource('news');
  source.onmessage = ({ data }) => told(JSON.parse(data) as News);
  return () => source.close();
}
