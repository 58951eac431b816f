// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_MODEL_CHECKPOINT_H
#define M3_MODEL_CHECKPOINT_H

#include "correction-model.h"
#include "error-scale.h"
#include "model-shape.h"

#include "core/parts-file.h"
#include "features/feature-schema.h"
#include "features/input-ranges.h"

#include <array>
#include <cstdint>
#include <istream>
#include <map>
#include <optional>
#include <string>
#include <vector>

// What checkpoint files hold (docs/file-formats.md), read and written without LibTorch.

namespace ns3::m3
{

inline constexpr uint32_t OLDEST_FEATURES = 2;   //!< oldest version whose models can be fine-tuned
inline constexpr uint32_t OLDEST_ANSWERING = 5;  //!< version from which on a model answers, by the inputs that it had
inline constexpr int64_t FLOW_DELAYS = 6;        //!< queueing delays of a flow, computed of its inputs
inline constexpr int64_t HOP_DELAYS = 4;         //!< the same of a hop
inline constexpr int64_t FLOW_DELAYS_BEFORE = 5; //!< the first of them, which models before OLDEST_ANSWERING know
inline constexpr int64_t HOP_DELAYS_BEFORE = 3;  //!< the same of a hop

/// Says that a checkpoint cannot be used with the features of this version.
inline constexpr const char* OTHER_FEATURES = "was made for other features than this m3 has";

/// Numbers of a network by the name of the layer that they belong to.
using Weights = std::map<std::string, std::vector<float>>;

/// \ingroup m3-nn
/// Name and size of an array of a network.
struct WeightShape
{
    std::string name; //!< as LibTorch calls it
    uint64_t rows;    //!< outputs, or the length of a vector
    uint64_t columns; //!< inputs, 1 of a vector
};

/// \ingroup m3-nn
/// What AdamW has gathered.
struct OptimizerState
{
    uint64_t steps = 0; //!< that it made
    Weights mean;       //!< running means of gradients
    Weights square;     //!< the same of their squares
};

/// \ingroup m3-nn
/// What a training goes on by, beside weights and optimizer.
struct TrainingState
{
    std::string settings;   //!< data and options that the training began with, a line each
    std::string curve;      //!< its learning curve so far
    double lossSum = 0;     //!< of the steps of this epoch
    uint64_t lossSteps = 0; //!< of this epoch
};

/// \ingroup m3-nn
/// What a checkpoint of any network holds.
struct NetworkCheckpoint
{
    uint64_t steps = 0;                      //!< of training
    std::string description;                 //!< one line for people
    Weights weights;                         //!< of parameters and buffers
    std::optional<OptimizerState> optimizer; //!< in the state of a training
    std::optional<TrainingState> training;   //!< in the state of a training
};

/// \ingroup m3-nn
/// What a checkpoint of a FlowModel holds.
struct FlowCheckpoint
{
    uint32_t features = FEATURE_VERSION; //!< version of the inputs
    FlowModelShape shape;                //!< of the network
    Scope scope = Scope::NETWORK;        //!< NETWORK or PATHS
    InputRanges ranges;                  //!< empty if they are not known
    std::array<HeldOutErrors, 2> errors; //!< without PFC, with it
    ErrorScale scale;                    //!< without networks if it is not known
    NetworkCheckpoint network;           //!< the rest
};

/// \ingroup m3-nn
/// What a checkpoint of a PublishedModel holds.
struct PublishedCheckpoint
{
    PublishedModelShape shape; //!< of the network
    NetworkCheckpoint network; //!< the rest
};

/// What the arrays of an expert are called by, before a dot, where a FlowModel has several. \param expert from 0
std::string ExpertName(uint32_t expert);

/**
 * All arrays of the network of a FlowModel, in the order of its layers.
 * \param features version of the inputs; those before OLDEST_ANSWERING had fewer delays
 * \param flowInputs, hopInputs numbers of inputs then
 */
std::vector<WeightShape>
FlowWeightShapes(const FlowModelShape& shape, uint32_t features, uint64_t flowInputs, uint64_t hopInputs);

/// All arrays of the network of a PublishedModel.
std::vector<WeightShape> PublishedWeightShapes(const PublishedModelShape& shape);

/// The bytes of a checkpoint file. \pre all arrays of the network, in their sizes
std::string CheckpointBytes(const FlowCheckpoint& checkpoint);
std::string CheckpointBytes(const PublishedCheckpoint& checkpoint); //!< the same

/// Writes a checkpoint, whole or not at all. \throws InputError if it cannot be written, or could not be read again
void WriteCheckpoint(const FlowCheckpoint& checkpoint, const std::string& file);
void WriteCheckpoint(const PublishedCheckpoint& checkpoint, const std::string& file); //!< the same

/**
 * Reads a checkpoint. It has exactly the arrays of its network, all of finite numbers.
 * \param name of the file in messages \throws InputError if it is damaged, or of another kind or version
 */
FlowCheckpoint ReadFlowCheckpoint(std::istream& in, const std::string& name);
PublishedCheckpoint ReadPublishedCheckpoint(std::istream& in, const std::string& name); //!< the same

/**
 * Reads a checkpoint of the published system, which has two files: 32-bit integers and floats as they lie in memory
 * (docs/file-formats.md). Each has exactly the length that its header says, which is looked at before memory is taken.
 * \param transformerName, perceptronName of the files in messages
 * \throws InputError if one cannot be such a file or does not fit the other
 */
PublishedCheckpoint ReadPublishedFiles(std::istream& transformer,
                                       const std::string& transformerName,
                                       std::istream& perceptron,
                                       const std::string& perceptronName);

} // namespace ns3::m3

#endif // M3_MODEL_CHECKPOINT_H
