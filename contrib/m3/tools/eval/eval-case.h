// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_CASE_H
#define M3_EVAL_CASE_H

#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-workload-helper.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace ns3::m3::eval
{

using Json = nlohmann::ordered_json;

inline constexpr double TAIL = 0.99; //!< the quantile that evaluations are about: p99

/// A scenario of an evaluation.
struct EvalCase
{
    std::string group;       //!< errors are summed up over the cases of a group
    std::string name;        //!< one line, unlike that of any other case
    ThreeTierShape shape;    //!< the network
    WorkloadHelper workload; //!< its flows, with the header bytes of the configuration
    RdmaConfig config;       //!< as set, not resolved
    Json facts;              //!< an object of what sets the case apart: columns of tables, axes of pictures
};

/// Returns all that the answers to a case depend on, with fingerprints of the tables that are read; equal for equal
/// cases.
Json Fingerprint(const EvalCase& one);

/// 16 hexadecimal digits that change with any byte (64 bits FNV-1a).
std::string HashOf(const std::string& bytes);
/// Of a file's content. \throws InputError if it cannot be read
std::string HashOfFile(const std::string& file);
/// Of all fields of all flows.
std::string HashOf(const FlowList& flows);

/// Returns the network of the published evaluations, 256 hosts in 32 racks. \param oversubscription 1, 2 or 4
ThreeTierShape PublishedShape(uint32_t oversubscription);

/**
 * Draws a case on PublishedShape() whose matrix, sizes, oversubscription, burstiness, load and configuration are drawn
 * from the published ranges. \param index draws with `seed` together
 */
EvalCase DrawCase(CongestionControlType control, uint64_t flows, uint64_t seed, uint32_t index);

/**
 * Draws cases of each control, as DrawCase does. \param controls names, separated by commas \param scenarios number of
 * cases of each
 * \throws InputError if there is none, or an unknown one
 */
std::vector<EvalCase> DrawCases(const std::string& controls, uint32_t scenarios, uint64_t flows, uint64_t seed);

/// Sets group, name and facts from shape, workload and configuration, which are those of a drawn case.
void NameCase(EvalCase& one);

} // namespace ns3::m3::eval

#endif // M3_EVAL_CASE_H
