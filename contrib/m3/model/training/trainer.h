// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TRAINER_H
#define M3_TRAINER_H

#include "nn/model-shape.h"

#include <cstdint>
#include <ostream>
#include <string>

namespace ns3::m3
{

/// Between what a model was trained on and the description of the one that it was trained on from.
inline constexpr const char* BEFORE = "; before: ";

/// What TrainFlowModel and TrainPublishedModel do.
struct TrainOptions
{
    std::string data;            //!< folder of sample files
    std::string checkpoint;      //!< file to write; beside it .state (to go on from) and .csv (learning curve)
    std::string from;            //!< checkpoint to start from, "" for a fresh model
    uint64_t seed = 1;           //!< of weights, batches and dropout
    uint32_t epochs = 5;         //!< times that all samples are seen
    uint32_t batch = 1024;       //!< flows or paths per step, at least 1
    double learningRate = 1e-3;  //!< largest, above 0; rises in the first 2 % of the steps, then falls as a cosine
    std::string device = "auto"; //!< as TrainableModel::UseDevice
    std::string commit;          //!< of the program, for the checkpoint
    uint32_t holdOutEvery = 20;  //!< every so many-th sample file is kept for validation, 0: none
    double saveSeconds = 60;     //!< the state is written at least so often, and after every epoch; 0: every step
};

/**
 * Trains on sample files (*.m3s), writes to `log`, goes on where an interrupted run with the same checkpoint stopped:
 * on as many threads the bytes of checkpoint and learning curve are those of a run that was not interrupted.
 * \param shape of a fresh model
 * \throws InputError for wrong options or data, a state of a training with other data or options, a loss that is not
 * finite, a file that cannot be written
 */
void TrainFlowModel(const TrainOptions& options, const FlowModelShape& shape, std::ostream& log);

/// The same for files of path maps (*.m3p).
void TrainPublishedModel(const TrainOptions& options, const PublishedModelShape& shape, std::ostream& log);

} // namespace ns3::m3

#endif // M3_TRAINER_H
