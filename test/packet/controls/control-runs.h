// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TEST_CONTROL_RUNS_H
#define M3_TEST_CONTROL_RUNS_H

#include "packet/engine/star.h"

#include "ns3/m3-packet-observer.h"
#include "ns3/m3-packet-simulation.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

/// What a run shows at the port to one host between two times.
class PortWatch : public ns3::m3::PacketObserver
{
  public:
    /// \param egress link of the port
    PortWatch(ns3::m3::LinkId egress, int64_t fromNs, int64_t toNs)
        : m_egress(egress),
          m_fromNs(fromNs),
          m_toNs(toNs),
          m_lastNs(fromNs)
    {
    }

    void OnEnqueue(const ns3::m3::FrameInfo& frame) override
    {
        if (frame.link == m_egress)
        {
            Advance(frame.timeNs);
            m_queued += frame.wireBytes;
            longestBytes = frame.timeNs >= m_fromNs && frame.timeNs < m_toNs
                               ? std::max(longestBytes, static_cast<double>(m_queued))
                               : longestBytes;
        }
    }

    void OnFrame(const ns3::m3::FrameInfo& frame) override
    {
        if (frame.link == m_egress)
        {
            Advance(frame.timeNs);
            m_queued -= frame.wireBytes;
            if (frame.timeNs >= m_fromNs && frame.timeNs < m_toNs)
            {
                bytesOf[frame.flow] += frame.wireBytes;
            }
        }
    }

    /// Mean of the queue over the time, bytes; after the run.
    double MeanQueueBytes()
    {
        Advance(m_toNs);
        return m_byteNs / static_cast<double>(m_toNs - m_fromNs);
    }

    /// Share of the port's rate that all flows have had.
    double Utilisation(uint64_t bitsPerSecond) const
    {
        double bytes = 0;
        for (const auto& [flow, ofFlow] : bytesOf)
        {
            bytes += ofFlow;
        }
        return bytes * 8e9 / static_cast<double>(bitsPerSecond) / static_cast<double>(m_toNs - m_fromNs);
    }

    /// Jain's index of fairness of some flows: 1 if all have had the same.
    double Fairness(uint32_t flows) const
    {
        double sum = 0;
        double squares = 0;
        for (uint32_t flow = 0; flow < flows; flow++)
        {
            const auto found = bytesOf.find(flow);
            const double bytes = found == bytesOf.end() ? 0 : found->second;
            sum += bytes;
            squares += bytes * bytes;
        }
        return sum * sum / (flows * squares);
    }

    std::map<uint32_t, double> bytesOf; //!< on the wire, by flow
    double longestBytes = 0;            //!< in the queue

  private:
    void Advance(int64_t nowNs)
    {
        const int64_t to = std::clamp(nowNs, m_fromNs, m_toNs);
        m_byteNs += static_cast<double>(m_queued) * static_cast<double>(to - m_lastNs);
        m_lastNs = to;
    }

    ns3::m3::LinkId m_egress;
    int64_t m_fromNs;
    int64_t m_toNs;
    int64_t m_lastNs;
    uint64_t m_queued = 0;
    double m_byteNs = 0;
};

inline constexpr int64_t WATCH_MICROSECOND = 1000;          //!< ns
inline constexpr uint64_t WATCHED_RATE = 10 * GBIT;         //!< of the links of RunToHost0()
inline constexpr double BYTES_OF_MICROSECOND = 10'000. / 8; //!< at that rate

/// Runs flows to host 0 in a star of links of 10 Gb/s and 2 us, of which a packet and its ACK take 8 us and 1.8 us of
/// transmissions, and watches the port to host 0. \param control name of the congestion control
inline PortWatch RunToHost0(const std::string& control, const ns3::m3::FlowList& flows, int64_t fromNs, int64_t toNs)
{
    using namespace ns3::m3;
    uint32_t hosts = 1;
    for (const Flow& flow : flows)
    {
        hosts = std::max(hosts, flow.src + 1);
    }
    const FabricGraph fabric = Star(hosts, WATCHED_RATE, 2 * WATCH_MICROSECOND);
    RdmaConfig config;
    config.congestionControl = ParseCongestionControl(control);
    config.minRateBps = GBIT / 100;
    PortWatch watch(1, fromNs, toNs); // links lead from host to switch and back, one host after the other
    PacketRunOptions options;
    options.observer = &watch;
    options.stopNs = toNs + WATCH_MICROSECOND;
    RunPacketSimulation(fabric, config, flows, options);
    return watch;
}

/// Flows of a size from hosts 1, 2, ... to host 0 at a time.
inline ns3::m3::FlowList FlowsToHost0(uint32_t count, uint64_t bytes, int64_t startNs)
{
    ns3::m3::FlowList flows;
    for (uint32_t i = 1; i <= count; i++)
    {
        flows.push_back({i, 0, bytes, startNs});
    }
    return flows;
}

#endif // M3_TEST_CONTROL_RUNS_H
