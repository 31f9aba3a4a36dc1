/** What a module hands to the application: where it appears and what it shows. */
import type { ComponentType, ReactNode } from 'react';

/** A screen, loaded when first opened. */
export type ScreenLoader = () => Promise<{ default: ComponentType }>;

export interface UiRoute {
  /** Whole path with `$name` places: `/referrals/$id`. */
  path: string;
  component: ScreenLoader;
  /** Without it any signed-in person may open the screen. */
  permission?: string;
  /** No rail, no top bar: walls and print sheets. */
  fullScreen?: boolean;
}

export interface UiNav {
  path: string;
  /** Other addresses the entry stands for: `/resources` for everything below it. */
  also?: readonly string[];
  /** Text key. */
  label: string;
  icon: ReactNode;
  permission?: string;
  /** Only these roles see the entry. */
  roles?: readonly string[];
  /** For these roles the entry stands above the others: it is their own job. */
  firstFor?: readonly string[];
  /** A count beside the label (a hook: called on every render of the rail). */
  useBadge?: () => number | undefined;
}

/** A thing to do, found with Ctrl K. */
export interface UiAction {
  path: string;
  /** Text key. */
  label: string;
  permission?: string;
  /** Other words it is found by: pinyin initials, English. */
  keywords?: string;
}

/** What an alert carries, and what to call once something was done about it. */
export interface UiNoticeProps {
  data: Record<string, unknown>;
  onDone: () => void;
}

/** What stands below an alert: more than its sentence, with something to do. */
export type NoticeLoader = () => Promise<{ default: ComponentType<UiNoticeProps> }>;

export interface UiModule {
  /** The folder's name; also the prefix of its texts. */
  key: string;
  /** Place among the modules; lower stands higher. */
  order: number;
  nav: UiNav[];
  routes: UiRoute[];
  actions?: UiAction[];
  /** By the alert's code: `resources.hold-withdrawn`. */
  notices?: Record<string, NoticeLoader>;
}
