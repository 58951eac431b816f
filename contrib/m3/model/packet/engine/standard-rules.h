// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_STANDARD_RULES_H
#define M3_STANDARD_RULES_H

#include "engine-state.h"
#include "random-streams.h"
#include "shared-buffer.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-packet-run-options.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * Rules of a switch's memory in `STANDARD` mode: 64 bits, and a port's reserve is always its own.
 */
struct StandardBufferRules
{
    /// Whether a packet that fits into its port's reserve is still held against the threshold.
    static constexpr bool ASKS_THRESHOLD_FOR_RESERVE = false;

    /// \return free bytes of the shared pool
    static uint64_t FreeBytes(uint64_t poolBytes, uint64_t usedBytes)
    {
        return poolBytes > usedBytes ? poolBytes - usedBytes : 0;
    }
};

/**
 * \ingroup m3-packet
 * Rules of the packet engine in `STANDARD` mode, which PacketEngine is built with; HpccRules is the counterpart, and
 * has the same members. docs/packet-engine.md says what they amount to.
 */
class StandardRules
{
  public:
    using Buffer = SharedBuffer<StandardBufferRules>; //!< memory of a switch

    static constexpr bool HAS_TIMEOUTS = true;              //!< a retransmission timeout where packets can be lost
    static constexpr bool ACKNOWLEDGES_DUPLICATES = true;   //!< so that a lost ACK is made up for
    static constexpr bool SKIPS_ACKNOWLEDGED = true;        //!< data acknowledged after a late NACK is not sent again
    static constexpr bool FORGETS_RECEIVERS = false;        //!< what comes after a flow's end is acknowledged as before
    static constexpr bool LAST_ACK_MOVES_CONTROL = false;   //!< the control hears of the ACK that ends its flow
    static constexpr bool MAY_MARK_ACKS = false;            //!< ACKs take part in the drawing of ECN marks
    static constexpr bool ACKS_HAVE_OWN_HEADROOM = true;    //!< ACKs that pass a pause take none from the data
    static constexpr bool RATE_MOVES_UNBOUND_PAIRS = false; //!< who is paced at the cap is not slowed down
    static constexpr bool LOSES_PFC_FRAMES = false;         //!< PFC is lossless where packets are lost
    static constexpr bool TELEMETRY_COVERS_ROUTE = true;    //!< a packet has a record for each hop, however many
    static constexpr bool LOOKS_UP_HOPS = false;            //!< packets on their way stay on the route that they began
    static constexpr bool BUFFERS_CLASS_0 = true;           //!< all classes take their place in a switch's buffer
    static constexpr bool RUNS_IN_PARTS = false;            //!< events of one ns run in the order of their scheduling
    static constexpr uint32_t CLASSES = 1;                  //!< that flows are told apart by
    static constexpr bool WEIGHS_CLASSES = true;            //!< strict and weighted classes, also at hosts
    static constexpr bool ANY_NODES = false;                //!< switches may cut through, hosts may forward
    static constexpr bool CAN_RESUME = true;                //!< a run may begin with flows in mid-transfer
    static constexpr bool STRATEGIES = false;               //!< load balancing and recovery are strategies

    /// What a queue pair keeps of its pacing: the part of EnginePair::nextSendNs below 1 ns.
    struct PaceState
    {
        double fraction = 0; //!< ns
    };

    using Pair = EnginePair<PaceState>; //!< a queue pair

    /// Rules of one run. \param config resolved, must outlive the rules
    StandardRules(const FabricGraph& fabric, const RdmaConfig& config)
        : m_marks(config, fabric.LinkCount(), 0)
    {
    }

    /// \throws InputError for a change of a link that is not there, at a negative time, or of a value out of its range
    static void CheckLinkChange(const FabricGraph& fabric, const LinkChange& change)
    {
        if (change.link >= fabric.LinkCount() || change.timeNs < 0 || change.errorRate >= 1 ||
            change.bitsPerSecond > fabric.Link(change.link).bitsPerSecond)
        {
            throw InputError("a link change names a link that is not there, a negative time, an error rate of 1 or "
                             "more, or a rate above that of the link");
        }
    }

    /// Whether a receiver sends an ACK for a packet that comes in order and moves what it expects: the first that has
    /// an ACK interval behind it, and the last of a flow.
    static bool Acknowledges(const RdmaConfig& config, uint64_t before, uint64_t expected, uint64_t size)
    {
        const uint64_t interval = config.ackIntervalBytes;
        return interval <= config.payloadBytes || before / interval != expected / interval || expected >= size;
    }

    /// \return the smallest window that is not 0, bytes: with less, a sender would wait for an ACK that is not due
    static uint64_t MinWindowBytes(const RdmaConfig& config)
    {
        return config.ackIntervalBytes;
    }

    /// \return rate of the ports that may take an eighth of the free pool; faster ones take more
    static uint64_t ThresholdBaseRate(const FabricGraph& /*fabric*/, const RdmaConfig& config)
    {
        return *config.hostRateBps;
    }

    /// \return exact time on the wire
    static TxTime TxTimeOf(uint64_t bytes, uint64_t bitsPerSecond)
    {
        const uint64_t scaled = bytes * 8'000'000'000U;
        return {static_cast<int64_t>(scaled / bitsPerSecond), scaled % bitsPerSecond};
    }

    /// The part of a ns that a transmission leaves over is the next frame's, unless the port was idle in between.
    /// \return ns to add to `time`, 0 or 1
    static int64_t RoundUp(EnginePort& port, const TxTime& time, int64_t nowNs)
    {
        const uint64_t ahead = port.freeNs == nowNs ? port.ahead : 0;
        const bool roundUp = time.remainder > ahead;
        port.ahead = ahead + (roundUp ? port.rate : 0) - time.remainder;
        return roundUp;
    }

    /// \return pacing of a queue pair that starts
    static PaceState StartPace(const Pair& /*pair*/, uint32_t /*fullBytes*/)
    {
        return {};
    }

    /// The rate that a queue pair is paced by has changed to EnginePair::rate.
    static void OnPacedRate(Pair& /*pair*/, uint32_t /*fullBytes*/)
    {
    }

    /// A packet leaves now: sets when the next one may. The part below 1 ns is carried over where it left when it was
    /// due. \param rate that the pair is paced by, bit/s
    static void Pace(Pair& pair, uint64_t rate, int64_t nowNs, uint32_t /*fullBytes*/)
    {
        if (rate >= pair.lineRate)
        {
            pair.nextSendNs = nowNs; // the wire is the limit
            pair.pace.fraction = 0;
            return;
        }
        const double carried = nowNs == pair.nextSendNs ? pair.pace.fraction : 0;
        const double gap = carried + 8e9 * static_cast<double>(pair.lastWireBytes) / static_cast<double>(rate);
        const auto whole = static_cast<int64_t>(gap);
        pair.nextSendNs = nowNs + whole;
        pair.pace.fraction = gap - static_cast<double>(whole);
    }

    /// The pacing of a queue pair's last packet before its rate changes.
    struct LastGap
    {
    };

    /// \return what MoveNextSend needs to know of the present rate
    static LastGap LastGapOf(const Pair& /*pair*/, uint32_t /*fullBytes*/)
    {
        return {};
    }

    /// Moves the next sending time as if the last packet had been paced by the present rate in place of `before`.
    static void MoveNextSend(Pair& pair, uint64_t before, LastGap /*gapBefore*/, uint32_t /*fullBytes*/)
    {
        const double bits = 8e9 * static_cast<double>(pair.lastWireBytes);
        const double shift = pair.pace.fraction +
                             (pair.rate < pair.lineRate ? bits / static_cast<double>(pair.rate) : 0) -
                             (before < pair.lineRate ? bits / static_cast<double>(before) : 0);
        const double whole = std::floor(shift);
        pair.nextSendNs += static_cast<int64_t>(whole);
        pair.pace.fraction = shift - whole;
    }

    /// \return ns before the receiver may send the same NACK again
    static int64_t NackAgainNs(int64_t baseRttNs)
    {
        return baseRttNs;
    }

    /// \return a random number in (0, 1) that decides on an ECN mark
    double DrawForMark(LinkId link)
    {
        return m_marks.Draw(link);
    }

    /// \return a random number in (0, 1) that decides on the loss of a frame on a link
    static double DrawForLoss(LinkId link, RandomStreams& streams)
    {
        return streams.Draw(link);
    }

    /// A switch sends a PFC frame.
    static void OnPfcFrame()
    {
    }

    /// \return telemetry of a hop, exact \param queuedBytes left behind at the port
    static TelemetryRecord
    HopTelemetry(const EnginePort& port, LinkId link, int64_t nowNs, uint64_t queuedBytes, uint64_t /*multiplier*/)
    {
        return {static_cast<uint64_t>(nowNs),
                port.txBytes,
                port.rate,
                static_cast<uint32_t>(std::min<uint64_t>(queuedBytes, UINT32_MAX)),
                link};
    }

  private:
    RandomStreams m_marks; //!< one for each port
};

} // namespace ns3::m3

#endif // M3_STANDARD_RULES_H
