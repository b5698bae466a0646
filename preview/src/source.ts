// Where the page's data comes from: elements of the file itself, packed; else the server beside it.
import type { Contents, Scenario, Shown } from './model';

const ALL_IS_WELL = '';

async function read<T>(id: string): Promise<T> {
  const element = document.getElementById(`data:${id}`);
  if (!element) {
    const answer = await fetch(`data/${encodeURIComponent(id)}.json`);
    if (!answer.ok) throw new Error(`the preview's server answers ${answer.status} for ${id}`);
    return answer.json();
  }
  const bytes = Uint8Array.from(atob(element.textContent ?? ''), (each) => each.charCodeAt(0));
  const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(text).json();
}

export const contents = (): Promise<Contents> => read('contents');

const read_before = new Map<string, Promise<Scenario>>();

function scenario(name: string): Promise<Scenario> {
  const known = read_before.get(name) ?? read<Scenario>(`scenario ${name}`);
  read_before.set(name, known);
  return known;
}

/** What a dashboard shows in a scenario. */
export async function shown(uid: string, name: string): Promise<Shown & { firing: string[] }> {
  const asked = await scenario(name);
  const own = asked.dashboards[uid];
  if (own && !own.partial) return { ...own, firing: asked.firing };
  const calm = (await scenario(ALL_IS_WELL)).dashboards[uid];
  return { ...calm, answers: { ...calm.answers, ...own?.answers }, firing: asked.firing };
}
