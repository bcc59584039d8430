import '@mantine/core/styles.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/avatars.css';
import './styles/controls.css';
import './styles/shell.css';
import './styles/list.css';
import './styles/thread.css';
import './styles/composer.css';
import './styles/customer.css';
import './styles/pages.css';
import './styles/segments.css';
import './styles/overlays.css';
import './styles/narrow.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';

const mount = document.getElementById('root');
if (!mount) throw new Error('index.html has no root');
createRoot(mount).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
