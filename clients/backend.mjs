// A backend service with `jose`: its own keys, RS384 and ES384, a token without a person.
import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { check, run, world } from './checks.mjs';

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Somebody of the demonstration, signed in with cookies as a browser is. */
async function person(role) {
  const offered = await (await fetch(`${world.url}/api/demo/accounts`)).json();
  const { account_id } = offered.find((one) => one.role === role);
  const opened = await fetch(`${world.url}/api/demo/session`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ account_id }),
  });
  const cookies = opened.headers.getSetCookie().map((line) => line.split(';')[0]);
  const csrf = cookies.find((one) => one.startsWith('lianti_csrf=')).split('=')[1];
  return async (method, path, body) => {
    const headers = { cookie: cookies.join('; '), 'x-csrf-token': csrf, 'content-type': 'application/json' };
    const answer = await fetch(world.url + path, { method, headers, body: body && JSON.stringify(body) });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
    return answer.json();
  };
}

async function service(alg) {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const key = { ...(await exportJWK(publicKey)), kid: alg, alg, use: 'sig' };
  const admin = await person('security-admin');
  const { app } = await admin('POST', '/api/smart/apps', {
    org_id: world.org_id, name: `外部服务 ${alg}`, client: 'backend', scopes: ['system/*.rs'],
    jwks: { keys: [key] }, account: 'clients-attending-doctor', state: 'active',
  });
  return { id: app.id, privateKey, alg };
}

function assertion({ id, privateKey, alg }, { audience = `${world.url}/smart/token`, jti = randomUUID() } = {}) {
  return new SignJWT({}).setProtectedHeader({ alg, kid: alg, typ: 'JWT' })
    .setIssuer(id).setSubject(id).setAudience(audience).setJti(jti)
    .setIssuedAt().setExpirationTime('4 minutes').sign(privateKey);
}

function ask(client_assertion, scope = 'system/*.rs') {
  return fetch(`${world.url}/smart/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, client_assertion_type: ASSERTION, client_assertion }),
  });
}

for (const alg of ['RS384', 'ES384']) {
  check(`a service gets a token for a key of ${alg}, once an assertion`, async () => {
    const known = await service(alg);
    const proof = await assertion(known);
    const answer = await ask(proof);
    assert.equal(answer.status, 200, await answer.clone().text());
    const token = await answer.json();
    assert.equal(token.scope, 'system/*.rs');
    const headers = { authorization: `Bearer ${token.access_token}` };
    const found = await fetch(`${world.url}/fhir/Patient?_count=1`, { headers });
    assert.equal(found.status, 200);
    assert.equal((await found.json()).resourceType, 'Bundle');
    assert.equal((await fetch(`${world.url}/api/session`, { headers })).status, 403);
    assert.equal((await ask(proof)).status, 401, 'the same assertion again');
    const elsewhere = await assertion(known, { audience: 'https://other.example/token' });
    assert.equal((await ask(elsewhere)).status, 401, 'another audience');
    assert.equal((await ask(await assertion(known), 'user/*.rs')).status, 400, 'a scope of people');
  });
}

await run();
