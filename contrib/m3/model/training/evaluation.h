// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVALUATION_H
#define M3_EVALUATION_H

#include "interval-coverage.h"

#include "nn/correction-model.h"
#include "nn/error-scale.h"
#include "nn/path-map-model.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-training
/// Relative errors, estimate / truth - 1, summarised; all NaN where there is no such estimate.
struct ErrorSummary
{
    double mean;         //!< of the absolute errors
    double median;       //!< of the absolute errors
    double p90;          //!< of the absolute errors
    double signedMedian; //!< of the signed errors
};

/// \ingroup m3-training
/// Errors of a quantile of the slowdown of a size class, over networks (paths for a PathMapModel).
struct QuantileErrors
{
    std::string group;     //!< networks that are counted: "all", "PFC on", "PFC off", "dctcp", ...
    std::string sizeClass; //!< SizeClasses::Name, or "all flows"
    double level;          //!< of the quantile
    uint64_t count;        //!< networks or paths
    ErrorSummary model;    //!< of the model
    ErrorSummary fluid;    //!< of flowSim
};

/// Levels at which FlowErrors measures the calibration of predictions.
inline constexpr std::array<double, 3> CALIBRATION_LEVELS = {0.5, 0.9, 0.99};

/**
 * \ingroup m3-training
 * Errors of the FCT of single flows: absolute relative errors of the predicted median of its FCT, and the
 * pinball loss (Koenker and Bassett 1978) of the logarithm of its slowdown, mean over the levels QuantileLevel(i). The
 * loss is a proper score of the whole distribution, and what a FlowModel is trained by.
 */
struct FlowErrors
{
    std::string group;     //!< as in QuantileErrors
    std::string sizeClass; //!< SizeClasses::Name, or "kept flows": those of all classes, each counted once
    uint64_t flows;        //!< that are counted
    double modelMean;      //!< mean of the errors
    double fluidMean;      //!< the same of flowSim's FCT
    double modelP90;       //!< of the errors
    double fluidP90;       //!< the same of flowSim's FCT
    double modelLoss;      //!< mean pinball loss
    double fluidLoss;      //!< the same of flowSim's slowdown for every level
    /// Share of flows below the predicted quantile. Many flows are uncongested and have slowdown 1, the minimum: where
    /// the prediction is 1 too, the part of them counts that the level is of the share predicted to be at 1.
    std::array<double, CALIBRATION_LEVELS.size()> below;
};

/// \ingroup m3-training
/// A network or path whose p99 is plotted: packet-level value against estimates. NaN where an estimate is missing.
struct P99Point
{
    std::string network;   //!< name of its sample file
    bool pfc;              //!< whether it is on
    std::string control;   //!< congestion control
    std::string sizeClass; //!< as in QuantileErrors
    uint64_t flows;        //!< of them that were kept
    double truth;          //!< packet-level p99 slowdown
    double model;          //!< the same by the model
    double fluid;          //!< the same by flowSim
};

/// \ingroup m3-training
/// Errors of a model on a data set, against the packet engine.
struct Evaluation
{
    std::string description;                            //!< of the model
    std::string unit;                                   //!< "networks" or "paths"
    uint64_t files = 0;                                 //!< sample files read
    std::vector<QuantileErrors> quantiles;              //!< by group, size class and level
    std::vector<FlowErrors> flows;                      //!< empty for a PathMapModel, which has no single flows
    std::vector<std::pair<double, double>> calibration; //!< QuantileLevel(i), share of flows below; as above
    std::vector<P99Point> points;                       //!< by file and size class
    std::vector<HeldOutNetwork> networks;               //!< by file, of a model of single flows
    std::vector<IntervalErrors> intervals;              //!< by kind; empty where the model's errors are not known
    std::vector<QuantileIntervals> quantileIntervals;   //!< by size class and level; empty as above
};

/**
 * Evaluates a model of single flows on sample files (*.m3s). A size class counts in a network where at least 50 of its
 * flows were kept; its predicted distribution is the mixture of those of its flows. Sample files keep about the same
 * number of flows of each size class; "all flows" are mixed as the network has them, and "kept flows" as the file has.
 * \param every N: takes every N-th file only; at least 1 \throws InputError as ReadSamples
 */
Evaluation Evaluate(CorrectionModel& model, const std::string& data, uint32_t every);

/**
 * Evaluates a model of paths on files of path maps (*.m3p). A size class counts on a path that has at least 20
 * foreground flows of it. Parameters as above.
 */
Evaluation Evaluate(PathMapModel& model, const std::string& data, uint32_t every);

/// Minimum number of flows of a network in HeldOutErrorsOf, so that ten are beyond the p99.
inline constexpr uint64_t HELD_OUT_FLOWS = 1000;

/// Returns the held-out errors over networks with at least HELD_OUT_FLOWS kept flows. \param pfc whether of the
/// networks with PFC or of those without
HeldOutErrors HeldOutErrorsOf(const Evaluation& evaluation, bool pfc);

} // namespace ns3::m3

#endif // M3_EVALUATION_H
