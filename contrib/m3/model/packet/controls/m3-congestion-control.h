// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_CONGESTION_CONTROL_H
#define M3_CONGESTION_CONTROL_H

#include "ns3/m3-control-description.h"
#include "ns3/m3-telemetry.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace ns3::m3
{

/// What an ACK or NACK tells the congestion control of its queue pair.
struct AckInfo
{
    uint64_t seq;                //!< next byte that the receiver expects
    bool echo;                   //!< the packet that it answers carried a congestion mark
    int64_t rttNs;               //!< since that packet was built, modulo 2^32
    const TelemetryRecord* hops; //!< with Telemetry::PINT one record, whose queueBytes is the logarithm
    uint32_t hopCount;           //!< of `hops`
};

/// The sender's side of a queue pair, as its congestion control reads and sets it.
class SenderControl
{
  public:
    virtual ~SenderControl() = default;

    virtual int64_t NowNs() const = 0;        //!< Simulator::Now()
    virtual uint64_t NextToSend() const = 0;  //!< first byte not sent yet
    virtual uint64_t Rate() const = 0;        //!< sending rate, bit/s
    virtual uint64_t RateCap() const = 0;     //!< maximum sending rate, bit/s
    virtual uint64_t WindowBytes() const = 0; //!< W0: window at the cap
    virtual int64_t BaseRttNs() const = 0;    //!< of the flow's pair

    /// Sets the sending rate, bit/s. A next sending time that is already computed is kept.
    virtual void SetRate(uint64_t bitsPerSecond) = 0;

    /// Sets the sending rate and moves the next sending time as if the last packet had been paced by it.
    virtual void SetRateNow(uint64_t bitsPerSecond) = 0;

    /// A random number in (0, 1), of the NIC's own stream.
    virtual double Random() = 0;

    /// (Re)starts one of the control's timers, 0..2; OnTimer follows unless it is restarted or the flow ends.
    virtual void StartTimer(uint32_t timer, int64_t delayNs) = 0;
};

/**
 * Congestion control of one queue pair: on ACKs and timers it sets the sending rate; the window follows the rate.
 * A new control is one file with a subclass and one RegisterCongestionControl (examples/own-congestion-control.cc).
 */
class CongestionControl
{
  public:
    virtual ~CongestionControl() = default;

    /// Called for an ACK or NACK of a flow that is not finished.
    virtual void OnAck(SenderControl& sender, const AckInfo& ack) = 0;

    /// Called when a timer that the control started has expired.
    virtual void OnTimer(SenderControl& /*sender*/, uint32_t /*timer*/)
    {
    }

    /// What it knows beside the sending rate, for Resume() of another one; empty where it says nothing of it.
    virtual std::vector<double> State() const
    {
        return {};
    }

    /**
     * Goes on in mid-transfer, before its first packet: the sender has its rate and its next byte to send. Without this
     * function a control acts as at the start of a flow, but for the rate. The state is one of State(), or empty where
     * only the average rate of the flow so far is known.
     */
    virtual void Resume(SenderControl& /*sender*/, const std::vector<double>& /*state*/)
    {
    }

    /// Called when the sender begins to send packets again that an answer tells it are lost, before OnAck() of that
    /// answer. With selective repeat, a NACK alone is no loss.
    virtual void OnLoss(SenderControl& /*sender*/)
    {
    }

    /// Called when nothing has been acknowledged for the retransmission timeout, and the sender sends again.
    virtual void OnTimeout(SenderControl& /*sender*/)
    {
    }
};

/**
 * Registers a control under a name of its own. Switches mark for it as for DCTCP (DctcpConfig::kBytes, ecnByRate). A
 * control with parameters or marking of its own is registered with AddControl().
 * \param telemetry that its data packets carry \return its type, for RdmaConfig::congestionControl
 * \throws InputError if the name is taken
 */
CongestionControlType
RegisterCongestionControl(const std::string& name, CongestionControlMaker make, Telemetry telemetry = Telemetry::NONE);

/// The same with a configuration at hand. \param lineRate of its NIC, bit/s
using CongestionControlFactory = std::function<std::unique_ptr<CongestionControl>(uint64_t lineRate)>;

/// Factory of the configured control; null for NONE. \param config RdmaConfig::AtNic of the rate of the NICs that it
/// makes controls for; must outlive the factory and what it makes
CongestionControlFactory MakeCongestionControlFactory(const RdmaConfig& config);

/// rate * factor as the HPCC simulator computes it: in double, truncated to whole bit/s; 0 beyond 64 bits.
inline uint64_t ScaleRate(uint64_t bitsPerSecond, double factor)
{
    const double scaled = static_cast<double>(bitsPerSecond) * factor;
    return scaled < 0x1p64 ? static_cast<uint64_t>(scaled) : 0;
}

} // namespace ns3::m3

#endif // M3_CONGESTION_CONTROL_H
