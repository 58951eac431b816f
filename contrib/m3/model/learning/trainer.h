#ifndef M3_TRAINER_H
#define M3_TRAINER_H

#include "flow-model.h"

#include <cstdint>
#include <ostream>
#include <string>

namespace ns3::m3
{

/// What Train does.
struct TrainOptions
{
    std::string data;       //!< folder of sample files
    std::string checkpoint; //!< file to write; beside it .state (to go on from) and .csv (learning curve)
    std::string from;       //!< checkpoint to start from, "" for a fresh model
    FlowModelShape shape;
    uint64_t seed = 1;
    uint32_t epochs = 5;
    uint32_t batch = 1024;
    double learningRate = 1e-3; //!< largest; rises in the first 2 % of the steps, then falls as a cosine
    uint32_t holdOutEvery = 20; //!< every so many-th sample file is kept for validation
};

/// Trains, writes to `log`, goes on where an interrupted run with the same checkpoint stopped. \throws InputError
void Train(const TrainOptions& options, std::ostream& log);

/**
 * Prints the error of a model on each sample file and on average: p50 and p99 slowdown by size class, predicted
 * (mixture of the flows' distributions) and by flowSim against packets, and how well the quantiles are calibrated.
 * \param every takes only each so many-th file
 */
void Evaluate(CorrectionModel& model, const std::string& data, uint32_t every, std::ostream& out);

} // namespace ns3::m3

#endif // M3_TRAINER_H
