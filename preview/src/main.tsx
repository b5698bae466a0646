import { createRoot } from 'react-dom/client';
import { App } from './App';
import { loadFonts } from './fonts';
import { setUp } from './setup';
import { contents } from './source';

async function start(): Promise<void> {
  const [read] = await Promise.all([contents(), setUp(), loadFonts()]);
  createRoot(document.getElementById('root')!).render(<App contents={read} />);
}

start().catch((error: unknown) => {
  document.getElementById('root')!.textContent = `The preview cannot be shown: ${String(error)}`;
  throw error;
});
