import { Module } from '@nestjs/common';
import { SharedModule } from '../shared/shared.module.js';
import { EventScanner } from './event-scanner.js';
import { EventTableSender } from './event-table-sender.js';
import { EventsController } from './events.controller.js';
import { ExportSender } from './export-sender.js';
import { LiveFeed } from './live-feed.js';
import { SseEventRenderer } from './sse-event-renderer.js';

@Module({
  imports: [SharedModule],
  controllers: [EventsController],
  providers: [EventScanner, EventTableSender, ExportSender, LiveFeed, SseEventRenderer],
})
export class EventsModule {}
