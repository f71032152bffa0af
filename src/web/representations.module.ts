import { Global, Module } from '@nestjs/common';
import { PageResponder } from '../api/shared/page-responder.js';
import { SharedModule } from '../api/shared/shared.module.js';
import { TableFormatter } from '../api/shared/table-formatter.js';
import { CsvFormatter } from './csv/csv-formatter.js';
import { PageRenderer } from './page-renderer.js';

const REPRESENTATIONS = [
  { provide: TableFormatter, useClass: CsvFormatter },
  { provide: PageResponder, useClass: PageRenderer },
];

/** The representations beside JSON, under the classes by which api/shared knows them. */
@Global()
@Module({
  imports: [SharedModule],
  providers: REPRESENTATIONS,
  exports: REPRESENTATIONS.map(({ provide }) => provide),
})
export class RepresentationsModule {}
