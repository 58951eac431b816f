// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_HPCC_RULES_H
#define M3_HPCC_RULES_H

#include "packet/engine/engine-state.h"
#include "packet/engine/random-streams.h"
#include "packet/engine/shared-buffer.h"

#include "fabric/mode-rules.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-packet-run-options.h"
#include "ns3/rng-stream.h"

#include <cstdint>
#include <map>
#include <memory>

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * Rules of a switch's memory in the HPCC simulator: the free pool wraps at 32 bits, and the threshold is asked even
 * for a port's reserve.
 */
struct HpccBufferRules
{
    /// Whether a packet that fits into its port's reserve is still held against the threshold.
    static constexpr bool ASKS_THRESHOLD_FOR_RESERVE = true;

    /// \return free bytes of the shared pool, modulo 2^32
    static uint64_t FreeBytes(uint64_t poolBytes, uint64_t usedBytes)
    {
        return static_cast<uint32_t>(poolBytes - usedBytes);
    }
};

/**
 * \ingroup m3-packet
 * Rules of the published HPCC simulator (Li et al., HPCC, SIGCOMM 2019), which PacketEngine is built with in `HPCC`
 * mode: what that simulator computes, to the nanosecond and the bit. Its routes and the defaults of its configuration
 * are HPCC_MODE_RULES. StandardRules is the counterpart, and has the same members.
 */
class HpccRules
{
  public:
    using Buffer = SharedBuffer<HpccBufferRules>; //!< memory of a switch

    static constexpr bool HAS_TIMEOUTS = false;            //!< go-back-N by NACKs alone
    static constexpr bool ACKNOWLEDGES_DUPLICATES = false; //!< a lost last ACK is never made up for
    static constexpr bool SKIPS_ACKNOWLEDGED = false;      //!< what was acknowledged after a NACK is sent again
    static constexpr bool FORGETS_RECEIVERS = true;       //!< what comes after a flow's end is received as of a new one
    static constexpr bool LAST_ACK_MOVES_CONTROL = true;  //!< through the rate of a flow that ends, HPCC moves its
                                                          //!< NIC's timer
    static constexpr bool MAY_MARK_ACKS = true;           //!< ACKs draw random numbers too, and are not marked
    static constexpr bool ACKS_HAVE_OWN_HEADROOM = false; //!< ACKs that pass a pause take the data's headroom
    static constexpr bool RATE_MOVES_UNBOUND_PAIRS = true; //!< a rate moves the next sending time also of a pair that
                                                           //!< is paced at its cap
    static constexpr bool LOSES_PFC_FRAMES = true;         //!< a link's error rate is that of PFC frames, too
    static constexpr bool TELEMETRY_COVERS_ROUTE = false;  //!< of five hops; packets that meet more have none
    static constexpr bool LOOKS_UP_HOPS = true;            //!< each packet looks up its next hop at each switch, which
                                                           //!< shows where routes change
    static constexpr bool BUFFERS_CLASS_0 = false;         //!< class 0 waits with PFC frames and is in no account
    static constexpr bool RUNS_IN_PARTS = false;           //!< events of one ns run in the order of a parallel run
    static constexpr uint32_t CLASSES = 1;                 //!< that flows are told apart by
    static constexpr bool WEIGHS_CLASSES = false;          //!< classes take turns, and at hosts there is one queue
    static constexpr bool ANY_NODES = false;               //!< switches may cut through, hosts may forward
    static constexpr bool CAN_RESUME = false;              //!< a run may begin with flows in mid-transfer
    static constexpr bool STRATEGIES = false;              //!< load balancing and recovery are strategies

    /// What a queue pair keeps of its pacing.
    struct PaceState
    {
        int64_t fullNs = 0; //!< time of a full packet at the rate that the pair is paced by
    };

    using Pair = EnginePair<PaceState>; //!< a queue pair

    /// Rules of one run. \param config resolved, must outlive the rules
    HpccRules(const FabricGraph& fabric, const RdmaConfig& config)
        : m_config(config),
          m_nextStream(6 * uint64_t{fabric.NodeCount()} + 2 + 2 * LinksWithErrors(fabric))
    {
    }

    /// \throws InputError for a link that comes up or has another rate: in that simulator, links only go down
    static void CheckLinkChange(const FabricGraph& fabric, const LinkChange& change)
    {
        if (change.up || !change.IsOfState() || change.link >= fabric.LinkCount())
        {
            throw InputError("links come up and have other rates in standard mode only");
        }
    }

    /// Whether a receiver sends an ACK for a packet that comes in order and moves what it expects
    static bool Acknowledges(const RdmaConfig& config, uint64_t /*before*/, uint64_t expected, uint64_t /*size*/)
    {
        return expected >= config.ackIntervalBytes || expected % config.ackChunkBytes == 0;
    }

    /// \return the smallest window that is not 0, bytes
    static uint64_t MinWindowBytes(const RdmaConfig& /*config*/)
    {
        return 1;
    }

    /// \return rate of the ports that may take an eighth of the free pool: that of the first host's first link
    static uint64_t ThresholdBaseRate(const FabricGraph& fabric, const RdmaConfig& /*config*/)
    {
        for (const NodeId host : fabric.Hosts())
        {
            if (!fabric.EgressLinks(host).empty())
            {
                return fabric.Link(fabric.EgressLinks(host).front()).bitsPerSecond;
            }
        }
        return MAX_LINK_BPS; // no flow can run
    }

    /// \return time on the wire, truncated to whole ns
    static TxTime TxTimeOf(uint64_t bytes, uint64_t bitsPerSecond)
    {
        return {HpccTxTimeNs(bytes, bitsPerSecond), 0};
    }

    /// \return 0: nothing is carried over from one transmission to the next
    static int64_t RoundUp(EnginePort& /*port*/, const TxTime& /*time*/, int64_t /*nowNs*/)
    {
        return 0;
    }

    /// \return pacing of a queue pair that starts
    static PaceState StartPace(const Pair& pair, uint32_t fullBytes)
    {
        return {HpccTxTimeNs(fullBytes, pair.cap)};
    }

    /// The rate that a queue pair is paced by has changed to EnginePair::rate.
    static void OnPacedRate(Pair& pair, uint32_t fullBytes)
    {
        pair.pace.fullNs = HpccTxTimeNs(fullBytes, pair.rate);
    }

    /// A packet leaves now: sets when the next one may. \param fullBytes wire size of a full packet
    void Pace(Pair& pair, uint64_t /*rate*/, int64_t nowNs, uint32_t fullBytes) const
    {
        pair.nextSendNs =
            nowNs + (m_config.rateBound ? LastGapOf(pair, fullBytes) : HpccTxTimeNs(pair.lastWireBytes, pair.cap));
    }

    using LastGap = int64_t; //!< ns that the pacing leaves after a queue pair's last packet

    /// \return ns that the pacing leaves after the last packet at the present rate
    LastGap LastGapOf(const Pair& pair, uint32_t fullBytes) const
    {
        return pair.lastWireBytes == fullBytes ? pair.pace.fullNs : HpccTxTimeNs(pair.lastWireBytes, pair.rate);
    }

    /// Moves the next sending time as if the last packet had been paced by the present rate.
    void MoveNextSend(Pair& pair, uint64_t /*before*/, LastGap gapBefore, uint32_t fullBytes) const
    {
        pair.nextSendNs += LastGapOf(pair, fullBytes) - gapBefore;
    }

    /// \return ns before the receiver may send the same NACK again
    static int64_t NackAgainNs(int64_t /*baseRttNs*/)
    {
        return 500'000;
    }

    /// \return a random number in (0, 1) that decides on an ECN mark: the first of a fresh stream of ns-3's generator
    double DrawForMark(LinkId /*link*/)
    {
        return RngStream(1, m_nextStream++, m_config.run).RandU01();
    }

    /// \return a random number in (0, 1) that decides on the loss of a frame on a link: both directions of each link
    /// draw from a generator that begins as that of every other link
    double DrawForLoss(LinkId link, RandomStreams& /*streams*/)
    {
        constexpr uint64_t STREAM = (uint64_t{1} << 63) + 50; // streams of one's choice begin at 2^63
        auto& draws = m_losses[link / 2];
        if (!draws)
        {
            draws = std::make_unique<RngStream>(1, STREAM, m_config.run);
        }
        return draws->RandU01();
    }

    /// A switch sends a PFC frame: that simulator makes a random variable with each.
    void OnPfcFrame()
    {
        m_nextStream++;
    }

    /// \return telemetry of a hop: counters of 24, 20 and 17 bits \param multiplier HpccConfig::intMulti
    static TelemetryRecord
    HopTelemetry(const EnginePort& port, LinkId link, int64_t nowNs, uint64_t queuedBytes, uint64_t multiplier)
    {
        constexpr uint64_t QUEUE_MASK = 0x1ffff;
        const TelemetryUnits units = HPCC_MODE_RULES.telemetry.ScaledBy(multiplier);
        return {static_cast<uint64_t>(nowNs) & units.timeMask,
                port.txBytes / units.bytesUnit & units.bytesMask,
                port.rate,
                static_cast<uint32_t>(queuedBytes / units.queueUnit & QUEUE_MASK),
                link};
    }

  private:
    /// \return number of links, both directions as one, that have an error rate
    static uint64_t LinksWithErrors(const FabricGraph& fabric)
    {
        uint64_t count = 0;
        for (LinkId link = 0; link < fabric.LinkCount(); link += 2)
        {
            count += fabric.Link(link).errorRate > 0;
        }
        return count;
    }

    const RdmaConfig& m_config;
    std::map<LinkId, std::unique_ptr<RngStream>> m_losses; //!< of links with errors, by half the id of a direction
    uint64_t m_nextStream;                                 //!< number of streams that the simulator has used so far
};

} // namespace ns3::m3

#endif // M3_HPCC_RULES_H
