// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_HPCC_FILES_H
#define M3_HPCC_FILES_H

#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-rdma-config.h"

#include "ns3/m3-text-file.h"
#include "packet-trace.h"
#include "queue-histogram.h"
#include "workload/flow-file.h"

#include <string>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * A link that goes down during a run of the HPCC simulator.
 */
struct HpccLinkDown
{
    int64_t timeNs = 0; //!< when; 0: none does
    NodeId a = 0;       //!< one of its ends
    NodeId b = 0;       //!< the other
};

/**
 * \ingroup m3-packet
 * A run as the HPCC simulator's config file describes it. Names of files in it are tried beside it, then from the
 * working directory.
 */
struct HpccRun
{
    std::string configFile;                           //!< that it comes from
    RdmaConfig config;                                //!< of hosts and switches
    std::string topologyFile;                         //!< to be read
    std::string flowFile;                             //!< to be read
    std::string fctFile;                              //!< to be written
    std::string pfcFile;                              //!< to be written
    StartTimes startTimes = StartTimes::HPCC_SECONDS; //!< how starts stand in the flow file
    int64_t stopNs = 0;                               //!< end of the run
    HpccLinkDown linkDown;                            //!< LINK_DOWN
    QueueMonitor queues;                              //!< looks at queues; their file is to be written
    PacketTrace trace;                                //!< of single packets
    InputNotes notes;                                 //!< on what the file says
};

/**
 * \ingroup m3-packet
 * Files to be read in place of those that a config file names; empty: those of the config file.
 */
struct HpccInputs
{
    std::string topologyFile; //!< TOPOLOGY_FILE
    std::string flowFile;     //!< FLOW_FILE
};

/**
 * Reads a config file of the HPCC simulator: a key and its values per line. Absent keys take that simulator's defaults.
 * Keys of that simulator and of those that began from it that change nothing here, such as those of monitors, come to
 * one note. Keys beyond the original's: FLOW_NS 1 (starts in ns), BUFFER_UNIT (bytes per unit of BUFFER_SIZE, 1048576
 * if absent), ENABLE_PFC, FIXED_WIN (bytes), BASE_RTT (ns), MAX_RATE (cap of a flow's sending rate). \throws InputError
 * naming file, line and key for a key or value that cannot be used, one that is missing, or a file that is neither
 * beside the config nor in the working directory
 */
HpccRun ReadHpccConfig(const std::string& file, const HpccInputs& inputs = {});

/// The changes of links of a run. \throws InputError naming file and key if there is no such link
std::vector<LinkChange> LinkChangesOf(const HpccRun& run, const FabricGraph& fabric);

/**
 * Writes fct.txt: a line per finished flow in the order in which senders finished: `src_ip dst_ip src_port dst_port
 * size start_ns sender_fct_ns ideal_ns receiver_fct_ns`, whole or not at all. The ideal is that simulator's own
 * formula, not the one of reports; in `HPCC` mode, with its product of 64 bits, of which flows from 2.2 GB on lose the
 * front. After a link has gone down, it has the slowest link of the new route, and the RTT of the first one.
 * \param changes LinkChangesOf() the run
 * \return how many ideals are too small because of that
 */
uint64_t WriteHpccFct(const FabricGraph& fabric,
                      const RdmaConfig& config,
                      const FlowList& flows,
                      const PacketResult& result,
                      const std::vector<LinkChange>& changes,
                      const std::string& file);

/// Writes pfc.txt: `time_ns node is_switch port pause` per PFC frame received, ports from 1, whole or not at all.
void WriteHpccPfc(const FabricGraph& fabric, const PacketResult& result, const std::string& file);

} // namespace ns3::m3

#endif // M3_HPCC_FILES_H
