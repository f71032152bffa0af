import { Global, Module } from '@nestjs/common';
import { TableWriter } from '../api/shared/table-formatter.js';
import { CsvWriter } from './csv/csv-formatter.js';

const WRITERS = [{ provide: TableWriter, useClass: CsvWriter }];

/** The representations beside JSON, under the classes by which api/shared knows them. */
@Global()
@Module({ providers: WRITERS, exports: WRITERS.map(({ provide }) => provide) })
export class WebModule {}
