// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_CASE_H
#define M3_EVAL_CASE_H

#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-scenario-space.h"
#include "ns3/m3-workload-helper.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <vector>

namespace ns3::m3::eval
{

using Json = nlohmann::ordered_json;

inline constexpr double TAIL = 0.99;  //!< the quantile that evaluations are about: p99
inline constexpr double MEDIAN = 0.5; //!< the quantile of the body

/// A scenario of an evaluation.
struct EvalCase
{
    std::string group;                             //!< errors are summed up over the cases of a group
    std::string name;                              //!< one line, unique among the cases
    ThreeTierShape shape;                          //!< the network
    WorkloadHelper workload;                       //!< its flows, with the header bytes of the configuration
    std::shared_ptr<const TrainingScenario> drawn; //!< has network and flows instead of both, if it is set
    RdmaConfig config;                             //!< as set, not resolved
    Json facts; //!< an object of values that distinguish the case: columns of tables, axes of plots
};

/// Returns the network of a case.
FabricGraph NetworkOf(const EvalCase& one);
/// Returns the flows of a case.
FlowList FlowsOf(const EvalCase& one);

/// Returns everything that the answers to a case depend on, with fingerprints of the tables that are read. It is equal
/// for equal cases.
Json Fingerprint(const EvalCase& one);

/// Returns the 64-bit FNV-1a hash of a text as 16 hexadecimal digits.
std::string HashOf(const std::string& bytes);
/// Returns the hash of a file's content. \throws InputError if it cannot be read
std::string HashOfFile(const std::string& file);
/// Returns the hash of all fields of all flows.
std::string HashOf(const FlowList& flows);

/// Returns the network of the published evaluations, 256 hosts in 32 racks. \param oversubscription 1, 2 or 4
ThreeTierShape PublishedShape(uint32_t oversubscription);

/**
 * Draws a case on PublishedShape() whose matrix, sizes, oversubscription, burstiness, load and configuration are drawn
 * from the published ranges. \param index draws with `seed` together
 */
EvalCase DrawCase(CongestionControlType control, uint64_t flows, uint64_t seed, uint32_t index);

/// Which cases are drawn.
struct Drawing
{
    uint32_t scenarios;                               //!< of each control, at least 1
    uint64_t flows;                                   //!< of a case, at least 1
    std::string controls = "dctcp,dcqcn,hpcc,timely"; //!< names, separated by commas
    uint64_t seed = 1;                                //!< as DrawCase has it
};

/// Draws cases of each control, as DrawCase does. \throws InputError if there is none, or an unknown control
std::vector<EvalCase> DrawCases(const Drawing& drawing);

/// Returns a published workload: WebServer sizes, load 50 %. \param sigma of the lognormal gaps between arrivals
WorkloadHelper PublishedWorkload(const std::string& matrix, double sigma, uint64_t flows, uint64_t seed);

/// Sets the rules of the packet engine; "hpcc" comes with the published buffers of 400 KB.
void SetMode(const std::string& mode, RdmaConfig& config);

/// Sets group, name and facts from shape, workload and configuration, which are those of a drawn case.
void NameCase(EvalCase& one);

} // namespace ns3::m3::eval

#endif // M3_EVAL_CASE_H
