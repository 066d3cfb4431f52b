// The least that Fastify can do: one route, and a small constant as JSON. Listens on the port in PORT.
import Fastify from 'fastify';

const fastify = Fastify();
fastify.get('/', () => ({ ok: true }));
await fastify.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
