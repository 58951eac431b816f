// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TRAINER_H
#define M3_TRAINER_H

#include "nn/model-shape.h"

#include <cstdint>
#include <ostream>
#include <string>

namespace ns3::m3
{

/// Largest TrainOptions::pooledWeight.
inline constexpr double MAX_POOLED_WEIGHT = 100;

/// \ingroup m3-training
/// Data, files and settings of a training.
struct TrainOptions
{
    std::string data;       //!< Folder of sample files.
    std::string checkpoint; //!< File to write; beside it .state (to go on from) and .csv (learning curve).
    std::string from;       //!< Checkpoint to start from, "" for a fresh model.
    bool gateAlone = false; //!< Of a model of several experts only the gate learns.
    /// Weight of PooledLoss beside the pinball loss, 0 to MAX_POOLED_WEIGHT. Above 0, batches are of whole networks one
    /// after another, cut after `batch` flows.
    double pooledWeight = 0;
    uint64_t seed = 1;           //!< Seed of weights, batches and dropout.
    uint32_t epochs = 5;         //!< Number of passes over all samples.
    uint32_t batch = 1024;       //!< Flows or paths per step, at least 1.
    double learningRate = 1e-3;  //!< Peak, above 0: it rises in the first 2 % of the steps, then falls as a cosine.
    std::string device = "auto"; //!< Device, as TrainableModel::UseDevice takes it.
    std::string commit;          //!< Commit of the program, for the checkpoint.
    uint32_t holdOutEvery = 20;  //!< N: every N-th sample file is kept for validation; 0: none.
    double saveSeconds = 60;     //!< Time between saves of the state, which follow every epoch too; 0: every step.
};

/**
 * Trains on sample files (*.m3s), writes to `log`, goes on where an interrupted run with the same checkpoint stopped:
 * on the same number of threads the bytes of checkpoint and learning curve are those of a run without interruption.
 * \param shape of a fresh model
 * \throws InputError for wrong options or data, a state of a training with other data or options, a loss that is not
 * finite, a file that cannot be written
 */
void TrainFlowModel(const TrainOptions& options, const FlowModelShape& shape, std::ostream& log);

/// The same for files of path maps (*.m3p).
void TrainPublishedModel(const TrainOptions& options, const PublishedModelShape& shape, std::ostream& log);

} // namespace ns3::m3

#endif // M3_TRAINER_H
