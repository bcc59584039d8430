/** The second script of the widget: all that an open chat needs. */

import './shared';
import css from './panel.css?inline';
import { Panel } from './ui/panel';

window.sapaWidget?.ready(Panel, css);
