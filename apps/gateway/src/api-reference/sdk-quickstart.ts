import { html } from './html.js';

/** The first thing that whoever has got a key wants to know. */
export const SDK_QUICKSTART = html`<section>
  <h2 id="sdk-quickstart">SDK quickstart</h2>
  <p>
    Put the key into the environment variable <code>TRAYLINX_API_KEY</code>. The CLI, the JavaScript SDK and
    the Python SDK pick it up from there; so can everything else. White space around it does no harm.
  </p>
  <pre>export TRAYLINX_API_KEY='tlx_…'</pre>
  <p>Without an SDK, send it with every request, and test it like this; a test is no use of the key:</p>
  <pre>curl -H "Authorization: Bearer $TRAYLINX_API_KEY" "$GATEWAY_URL/v1/whoami"</pre>
  <p>
    401 says that the key is not good, and its <code>code</code> why. 503 says that it cannot be known at the
    moment: try again, nothing is wrong with the key. A key that was lost cannot be recovered: delete it and
    create a new one.
  </p>
</section>`;
