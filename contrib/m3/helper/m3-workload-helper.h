// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_WORKLOAD_HELPER_H
#define M3_WORKLOAD_HELPER_H

#include "ns3/m3-flow.h"
#include "ns3/m3-incast.h"
#include "ns3/m3-text-file.h"
#include "ns3/node-container.h"

#include <cstdint>
#include <optional>
#include <string>

namespace ns3::m3
{

class Schedule;

/**
 * \ingroup m3-helper
 * Generates the flows of a scenario. A flow names hosts by their index in the node container.
 *
 * \code
 *   WorkloadHelper workload;
 *   workload.sizes = "WebServer";
 *   workload.load = 0.5;
 *   FlowList flows = workload.Generate(nodes);
 * \endcode
 */
class WorkloadHelper
{
  public:
    std::string sizes = "WebServer";           //!< as ParseSizeDistribution
    std::string matrix = "uniform";            //!< "uniform", A, B, C or a file of rack weights
    uint64_t flows = 10000;                    //!< number of flows
    double load = 0.5;                         //!< load of the most loaded link, in (0, 1)
    double lognormalSigma = 1;                 //!< sigma of the gaps between arrivals; 0: Poisson arrivals
    uint32_t headerBytes = 48;                 //!< per packet: RdmaConfig::HeaderBytes()
    uint32_t payloadBytes = MTU_PAYLOAD_BYTES; //!< of a full packet: RdmaConfig::payloadBytes
    std::optional<IncastSpec> incast;          //!< bursts beside the flows: WithIncast()
    uint64_t seed = 1; //!< seed of all draws, together with the run of ns-3: SeedOfReplication()

    /// Generates flows between the hosts of a network. \throws InputError for a value out of range or an unconnected
    /// pair
    FlowList Generate(const NodeContainer& nodes) const;
    FlowList Generate(const FabricGraph& fabric) const; //!< Generates flows for a graph.

    /// Returns flows and the bursts of `incast` beside them, if it is set; Generate() calls it. \throws InputError as
    /// WithIncast()
    FlowList AddIncast(FlowList flows, const FabricGraph& fabric) const;
    /// Returns the same of a schedule. \throws InputError, too, where its flows wait for others
    Schedule AddIncast(Schedule schedule, const FabricGraph& fabric) const;

    /// Reads a list of flows from a file in any format of `--flows`: in the HPCC simulator's with start times in
    /// seconds, or as CSV if its name ends in .csv. Notes and errors are those of ReadFlowFile.
    static FlowList FromFile(const std::string& flowFile, const NodeContainer& nodes, InputNotes* notes = nullptr);

    /// Reads flows some of which wait for others, in any format of `--flows`. \param notes may be null; gets a line for
    /// each thing in the file that is ignored \throws InputError naming file, line and field or task
    static Schedule ScheduleFromFile(const std::string& file, const NodeContainer& nodes, InputNotes* notes = nullptr);

    /// Adds collectives between all hosts of a network to a schedule. \param text as of `--collective`, as in
    /// "ring-allreduce:16MiB:group=16:channels=8" (CollectiveTraffic::Parse) \throws InputError for a wrong one
    static void AddCollectives(Schedule& schedule, const std::string& text, const NodeContainer& nodes);
    static void AddCollectives(Schedule& schedule,
                               const std::string& text,
                               const FabricGraph& fabric); //!< Adds collectives between the hosts of a graph.

    /// Adds clients in a closed loop to a schedule, drawn with `seed`. \param text as of `--clients`, as in
    /// "64:requests=100:reply=64KB:think=10us" (RequestClients::Parse) \throws InputError for a wrong one
    void AddClients(Schedule& schedule, const std::string& text, const NodeContainer& nodes) const;
    void AddClients(Schedule& schedule,
                    const std::string& text,
                    const FabricGraph& fabric) const; //!< Adds clients at the hosts of a graph.

    /// Writes a schedule to a file that ScheduleFromFile reads. \throws InputError for names that are not different, or
    /// have control characters, and for a file that cannot be written
    static void ScheduleToFile(const Schedule& schedule, const std::string& file);
};

} // namespace ns3::m3

#endif // M3_WORKLOAD_HELPER_H
