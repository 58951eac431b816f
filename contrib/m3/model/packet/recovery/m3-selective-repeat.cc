// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-selective-repeat.h"

#include "packet-bitmap.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-load-balancing-description.h"
#include "ns3/m3-recovery.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>

namespace ns3::m3
{

namespace
{

/**
 * Selective repeat of IRN (Mittal et al., Revisiting Network Support for RDMA, SIGCOMM 2018, sections 3.1 and 3.2): the
 * receiver keeps packets that come ahead, and answers each with a NACK that names it beside the next byte that it
 * expects. The sender keeps a bitmap of them. A packet is lost if one that was sent so many packets later has arrived,
 * 1 in IRN; it is sent again once, before new data. The window, one BDP unless set, bounds how far data go ahead of the
 * cumulative acknowledgement.
 *
 * IRN's timeouts, section 3.1, are a short one while few packets are on their way, and a longer one else; where they
 * are not set, that of all senders of this engine. Unlike IRN, a timeout sends all packets again that are not known to
 * have arrived (as RFC 6675 after a timeout), not the first one alone.
 */
class SelectiveRepeat : public Recovery
{
  public:
    SelectiveRepeat(uint32_t payloadBytes, uint64_t reorderPackets, const SelectiveRepeatConfig& config)
        : m_payload(payloadBytes),
          m_reorderPackets(reorderPackets),
          m_config(config)
    {
    }

    Answer OnData(Transfer& transfer, uint64_t seq, uint64_t bytes) override
    {
        if (seq < transfer.expected)
        {
            return Answer::ACK;
        }
        if (seq > transfer.expected)
        {
            m_there.Add((seq - transfer.expected) / m_payload);
            return Answer::NACK;
        }
        uint64_t packets = 1;
        transfer.expected += bytes;
        for (; m_there.Has(packets); packets++)
        {
            transfer.expected = std::min(transfer.size, transfer.expected + m_payload);
        }
        m_there.Advance(packets);
        return Answer::ACK;
    }

    void OnSent(Transfer& transfer, uint64_t seq) override
    {
        m_sent = std::max(m_sent, transfer.nextToSend);
        if (!m_lost.empty() && m_lost.front() == seq)
        {
            m_lost.pop_front();
        }
        Choose(transfer);
    }

    void OnAnswer(Transfer& transfer, bool isNack, uint64_t seq) override
    {
        m_arrived.Advance((transfer.acked - m_base) / m_payload);
        m_base = transfer.acked;
        m_judged = std::max(m_judged, m_base);
        if (isNack && seq >= m_base)
        {
            m_arrived.Add(PlaceOf(seq));
            m_furthest = std::max(m_furthest, seq);
        }
        for (const uint64_t ahead = AheadBytes(transfer); m_judged + ahead <= m_furthest; m_judged += m_payload)
        {
            if (!m_arrived.Has(PlaceOf(m_judged)))
            {
                m_lost.push_back(m_judged);
            }
        }
        Choose(transfer);
    }

    void OnTimeout(Transfer& transfer) override
    {
        m_lost.clear();
        for (uint64_t seq = m_base; seq < m_sent; seq += m_payload)
        {
            if (!m_arrived.Has(PlaceOf(seq)))
            {
                m_lost.push_back(seq);
            }
        }
        m_judged = std::max(m_judged, m_sent);
        Choose(transfer);
    }

    int64_t TimeoutNs(const Transfer& transfer) const override
    {
        const uint64_t sent = std::max(m_sent, transfer.acked);
        const bool isFew = sent - transfer.acked <= uint64_t{m_config.rtoLowPackets} * m_payload;
        return isFew ? m_config.rtoLowNs : m_config.rtoHighNs;
    }

    uint64_t SentBytes(const Transfer& transfer) const override
    {
        return std::min(m_sent, m_base + (transfer.size - 1 - m_base) / m_payload * m_payload);
    }

    std::vector<uint64_t> Missing(const Transfer& transfer) const override
    {
        std::vector<uint64_t> missing;
        const uint64_t sent = SentBytes(transfer);
        for (const uint64_t seq : m_lost)
        {
            if (seq >= m_base && seq < sent && !m_arrived.Has(PlaceOf(seq)))
            {
                missing.push_back(seq);
            }
        }
        return missing;
    }

    void Resume(Transfer& transfer, const std::vector<uint64_t>& missing) override
    {
        m_sent = transfer.acked;
        m_judged = m_sent;
        m_base = missing.empty() ? m_sent : missing.front();
        for (std::size_t i = 0; i < missing.size(); i++)
        {
            const uint64_t next = i + 1 < missing.size() ? missing[i + 1] : m_sent;
            if (missing[i] >= next || (next - missing[i]) % m_payload != 0)
            {
                throw InputError("a flow in mid-transfer cannot miss the packet at byte " + std::to_string(missing[i]));
            }
            for (uint64_t seq = missing[i] + m_payload; seq < next; seq += m_payload)
            {
                m_arrived.Add(PlaceOf(seq));
                m_there.Add(PlaceOf(seq));
            }
        }
        m_lost.assign(missing.begin(), missing.end());
        transfer.acked = m_base;
        transfer.expected = m_base;
        Choose(transfer);
    }

  private:
    /// Place of a packet in m_arrived.
    uint64_t PlaceOf(uint64_t seq) const
    {
        return (seq - m_base) / m_payload;
    }

    /// How far beyond a missing packet one must have arrived.
    uint64_t AheadBytes(const Transfer& transfer) const
    {
        const uint64_t half = transfer.window == 0 ? m_reorderPackets : transfer.window / m_payload / 2;
        return std::clamp<uint64_t>(half, 1, m_reorderPackets) * m_payload;
    }

    /// What is lost goes before new data.
    void Choose(Transfer& transfer)
    {
        while (!m_lost.empty() && (m_lost.front() < m_base || m_arrived.Has(PlaceOf(m_lost.front()))))
        {
            m_lost.pop_front();
        }
        transfer.nextToSend = m_lost.empty() ? m_sent : m_lost.front();
    }

    const uint64_t m_payload;
    const uint64_t m_reorderPackets;
    const SelectiveRepeatConfig m_config;
    PacketBitmap m_there;        //!< receiver: from the next byte expected on
    PacketBitmap m_arrived;      //!< sender: from m_base on
    uint64_t m_base = 0;         //!< acknowledged without a gap
    uint64_t m_sent = 0;         //!< end of what was ever sent
    uint64_t m_furthest = 0;     //!< packet furthest on that has arrived ahead
    uint64_t m_judged = 0;       //!< packets before it have arrived, or were taken for lost once
    std::deque<uint64_t> m_lost; //!< to be sent again, ascending
};

} // namespace

const ParameterTable& SelectiveRepeatParameters()
{
    static const ParameterTable table = {
        Parameter("reorder-packets",
                  "ReorderPackets",
                  "reordering of selective repeat",
                  ParameterKind::COUNT,
                  &SelectiveRepeatConfig::reorderPackets,
                  "packets beyond a missing one after whose arrival selective repeat sends it again, at most half a "
                  "window; 0: 1 with ecmp and flowlet, else half a window")
            .Seen(SeenBy::OWN_TRAIT),
        Parameter("rto-low",
                  "RtoLow",
                  "RTO_low of selective repeat",
                  ParameterKind::TIME,
                  &SelectiveRepeatConfig::rtoLowNs,
                  "retransmission timeout of selective repeat with at most --rto-low-packets on their way, 100us in "
                  "IRN; 0: that of all senders, at least 1 ms")
            .Within(0, 1e12, "RTO_low must be from 0 to 1000 s")
            .Seen(SeenBy::OWN_TRAIT),
        Parameter("rto-high",
                  "RtoHigh",
                  "RTO_high of selective repeat",
                  ParameterKind::TIME,
                  &SelectiveRepeatConfig::rtoHighNs,
                  "retransmission timeout of selective repeat with more on their way, 320us in IRN; 0: that of all "
                  "senders, at least 1 ms")
            .Within(0, 1e12, "RTO_high must be from 0 to 1000 s")
            .Seen(SeenBy::OWN_TRAIT),
        Parameter("rto-low-packets",
                  "RtoLowPackets",
                  "packets of RTO_low",
                  ParameterKind::COUNT,
                  &SelectiveRepeatConfig::rtoLowPackets,
                  "packets that are sent and not acknowledged, up to which --rto-low holds, 3 in IRN")
            .Seen(SeenBy::OWN_TRAIT),
    };
    return table;
}

RecoveryDescription SelectiveRepeatRecovery()
{
    RecoveryDescription recovery;
    recovery.type = RecoveryType::SELECTIVE_REPEAT;
    recovery.name = "selective-repeat";
    recovery.make = [](const RdmaConfig& config)
    {
        constexpr uint64_t MANY = 64; // where no window limits it
        const auto& own = config.Of<SelectiveRepeatConfig>();
        const uint64_t set = own.reorderPackets;
        const uint64_t halfWindow = config.windowBytes.value_or(0) / config.payloadBytes / 2;
        const bool inOrder = LoadBalancingOf(config.loadBalancing).keepsOrder;
        const uint64_t byDefault = inOrder ? 1 : std::max(MANY, halfWindow);
        return std::make_unique<SelectiveRepeat>(config.payloadBytes, set == 0 ? byDefault : set, own);
    };
    recovery.parameters = {&SelectiveRepeatParameters()};
    return recovery;
}

} // namespace ns3::m3
