import { Global, Module } from '@nestjs/common';
import { TableFormatter } from '../api/shared/table-formatter.js';
import { CsvFormatter } from './csv/csv-formatter.js';

const FORMATTERS = [{ provide: TableFormatter, useClass: CsvFormatter }];

/** The representations beside JSON, under the classes by which api/shared knows them. */
@Global()
@Module({ providers: FORMATTERS, exports: FORMATTERS.map(({ provide }) => provide) })
export class RepresentationsModule {}
