/** A schedule in words, as far as it is of the usual kinds; any other one is shown as it stands. */

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** "0 * * * *" is "every hour, at minute 0"; manual is "only when someone starts it". */
export function cronWords(schedule: string): string {
  if (schedule === "manual") return "only when someone starts it";
  const [minute = "", hour = "", day, month, weekday = "", ...more] = schedule.trim().split(/\s+/);
  const days = weekdays(weekday);
  const usual = more.length === 0 && day === "*" && month === "*" && days !== undefined;
  const times = usual ? timesOf(minute, hour) : undefined;
  return times === undefined ? `by the cron expression ${schedule}` : `${times}${days ?? ""}`;
}

function timesOf(minute: string, hour: string): string | undefined {
  const [, every] = /^\*\/(\d+)$/.exec(minute) ?? [];
  const [, from, to] = /^(\d+)-(\d+)$/.exec(hour) ?? [];
  const between =
    from === undefined || to === undefined ? undefined : ` from ${clock(from, "0")} to ${clock(to, "59")}`;
  if (every !== undefined && hour === "*") return `every ${every} minutes`;
  if (every !== undefined && between !== undefined) return `every ${every} minutes${between}`;
  if (!/^\d+$/.test(minute)) return undefined;
  if (hour === "*") return `every hour, at minute ${minute}`;
  if (between !== undefined) return `every hour, at minute ${minute},${between}`;
  return /^\d+$/.test(hour) ? `every day at ${clock(hour, minute)}` : undefined;
}

function weekdays(field: string): string | undefined {
  if (field === "*") return "";
  const [, from, to] = /^([0-7])(?:-([0-7]))?$/.exec(field) ?? [];
  if (from === undefined) return undefined;
  const name = (day: string): string => DAYS[Number(day) % 7] ?? day;
  return to === undefined ? `, on ${name(from)}` : `, ${name(from)} to ${name(to)}`;
}

function clock(hour: string, minute: string): string {
  return `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
}
