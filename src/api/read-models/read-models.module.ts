import { Module } from '@nestjs/common';
import { publishedReadModels } from '../../../projections/index.js';
import { SharedModule } from '../shared/shared.module.js';
import { createReadModelController } from './read-model.controller.js';
import { ReadModelResponder } from './read-model-responder.js';
import { CsvResponder } from './csv-responder.js';
import { TimemapResponder } from './timemap-responder.js';

@Module({
  imports: [SharedModule],
  controllers: publishedReadModels.map(createReadModelController),
  providers: [ReadModelResponder, CsvResponder, TimemapResponder],
})
export class ReadModelsModule {}
