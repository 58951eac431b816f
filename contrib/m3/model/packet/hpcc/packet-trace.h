// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_TRACE_H
#define M3_PACKET_TRACE_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-packet-observer.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-routes.h"
#include "ns3/m3-text-file.h"

#include <array>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-packet
/// What the HPCC simulator traces: TRACE_FILE, TRACE_OUTPUT_FILE, ENABLE_TRACE and PAUSE_TIME.
struct PacketTrace
{
    std::string nodesFile;    //!< to be read: the nodes that are traced; empty: none are
    std::string file;         //!< to be written; empty: none
    bool hasRecords = true;   //!< else the file is its header alone
    uint32_t pauseTimeUs = 5; //!< that pause frames name; a pause lasts until the resume frame
};

/**
 * Reads TRACE_FILE: the number of nodes, then their ids, in any lines. A node that is named twice is traced twice, as
 * in the HPCC simulator; one that the network does not have comes to a note.
 * \return how many times each node of the network is traced
 * \throws InputError naming file, line and field
 */
std::vector<uint32_t> ReadTracedNodes(const std::string& file, const FabricGraph& fabric, InputNotes* notes = nullptr);

/**
 * \ingroup m3-packet
 * Writes the HPCC simulator's TRACE_OUTPUT_FILE during a run whose PacketRunOptions::observer it is, and which goes on
 * until no frame is on its way (PacketRunOptions::untilQuiet). docs/file-formats.md has the layout. Bytes that the HPCC
 * simulator leaves to chance are 0.
 */
class PacketTraceWriter final : public PacketObserver
{
  public:
    static constexpr std::size_t RECORD_BYTES = 56; //!< of each record

    /// Writes the header. \param timesTraced of each node \param config as ReadHpccConfig reads it. The fabric, the
    /// flows, which may not grow, and the stream must outlive the writer.
    PacketTraceWriter(const FabricGraph& fabric,
                      const RdmaConfig& config,
                      const FlowList& flows,
                      const PacketTrace& trace,
                      std::vector<uint32_t> timesTraced,
                      std::ostream& out);

    void OnArrival(const FrameInfo& frame) override;
    void OnArrivalWhileDown(const FrameInfo& frame) override;
    void OnFlush(const FrameInfo& frame) override;
    void OnEnqueue(const FrameInfo& frame) override;
    void OnFrame(const FrameInfo& frame) override;

  private:
    class Bytes;

    enum class Event : uint8_t
    {
        RECEIVE,
        ENQUEUE,
        DEQUEUE,
        DROP
    };

    void WriteHeader(const RdmaConfig& config);
    uint32_t QueueOf(const FrameInfo& frame) const;
    uint64_t& QueuedAt(const FrameInfo& frame);
    void WriteArrival(const FrameInfo& frame, Event event);
    void WriteDeparture(const FrameInfo& frame, Event event);
    void Write(const FrameInfo& frame, LinkId egress, Event event, uint32_t queue, uint64_t queued);

    const FabricGraph& m_fabric;
    const FlowList& m_flows;
    const uint32_t m_headerBytes;
    const bool m_hasTimeStamps; //!< of when data packets were built
    const uint32_t m_pauseTimeUs;
    const std::vector<uint32_t> m_timesTraced;     //!< per node
    std::vector<RouteKey> m_keys;                  //!< per flow
    std::vector<std::array<uint64_t, 8>> m_queued; //!< bytes per directed link and queue of its port
    std::ostream& m_out;
};

} // namespace ns3::m3

#endif // M3_PACKET_TRACE_H
