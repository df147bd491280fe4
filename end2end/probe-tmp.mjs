import { Api } from '/work/main/end2end/lib/api.mjs';
import { signIn, openRoll, rows, todaysMeeting } from '/work/main/end2end/lib/app.mjs';
import { Phone } from '/work/main/end2end/lib/phone.mjs';
import { Server } from '/work/main/end2end/lib/server.mjs';
const T0=Date.now(); const say=(...a)=>console.log(((Date.now()-T0)/1000).toFixed(1),...a);
const server = await Server.start(); say('server');
const api = await Api.signIn(server,'demo-secretary'); 
const cell = api.session.me.roles.find(({ role }) => role === 'secretary').unit;
const meeting = await todaysMeeting(api, cell);
if (meeting.status !== 'open') await api.push([{ unit: cell, kind: 'meeting.open', body: { meeting: meeting.id } }]);
const phone = await Phone.make(server,{name:'p'}); 
try {
await signIn(phone,'demo-secretary'); await openRoll(phone, meeting.id, 306); say('roll'); await phone.settled(); await phone.airplane();
const r = await phone.page.evaluate(async()=>{ const out=[]; const bs=[...document.querySelectorAll('[data-testid=roll-row]')].map(r=>r.dataset.member);
 for (const m of bs.slice(0,60)) { const row=document.querySelector(`[data-member="${m}"]`); const t=performance.now(); row.querySelector('.roll-main').click(); const a=performance.now()-t;
  while(true){ const s=document.querySelector(`[data-member="${m}"] [data-testid=op-state]`)?.dataset.state; if(s==='saved'||s==='in-book') break; await new Promise(r=>setTimeout(r,0)); if(performance.now()-t>5000) break; }
  out.push([Math.round(a),Math.round(performance.now()-t)]); }
 return out; });
say(JSON.stringify(r));
} catch(e) { say(e.message); }
say(phone.complaints);
await phone.throwAway(); await server.stop(); process.exit(0);
