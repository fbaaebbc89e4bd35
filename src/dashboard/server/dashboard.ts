import type { AttemptsHere } from '../../executors/study-outputs.js';
import type { Storage, StudyRecord } from '../../storage/storage.js';
import type { Assets } from './assets.js';
import type { Database, OpenStorage } from './data/database.js';
import type { Judge } from './data/importance-task.js';
import type { OpenStudies } from './data/open-studies.js';
import type { StudyList } from './data/study-list.js';
import type { EventHub } from './events/event-hub.js';

/** How a dashboard is started. */
export type DashboardOptions = {
  /** Of the database, for people. */
  readonly url: string;
  readonly openStorage: OpenStorage;
  /** Finds the attempts of a study where this machine sees their folders. */
  readonly attemptsHere: (storage: Storage, study: StudyRecord) => AttemptsHere;
  readonly host: string;
  /** Names beside those of this machine under which it may be asked for, with a port or without: those of a proxy. */
  readonly allowedHosts?: readonly string[];
  /** 0: any free one. */
  readonly port: number;
  readonly readOnly: boolean;
  /** The study that is opened before anybody asks; null: the newest one. */
  readonly firstStudy: string | null;
  /** How long a client may leave unread what was sent to it: then its connection is closed. */
  readonly unreadMs: number;
  /** Of hpo. */
  readonly version: string;
  /** The folder with the files of the page. */
  readonly assets: string;
  /** Finds how much parameters matter, outside of this thread where that can be. */
  readonly judge: Judge;
  /** Receives errors that nobody foresaw. */
  readonly onDefect: (error: unknown) => void;
};

/** What routes work with. */
export type Dashboard = {
  readonly options: DashboardOptions;
  readonly database: Database;
  readonly studies: OpenStudies;
  readonly list: StudyList;
  readonly hub: EventHub;
  readonly assets: Assets;
};
