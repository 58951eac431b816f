// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LINK_HISTORY_H
#define M3_LINK_HISTORY_H

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace ns3::m3
{

/// \ingroup m3-features
/// What a flow is to a link that it uses.
struct LinkUser
{
    double bytes;       //!< headers included
    double windowBytes; //!< of them, those that the window lets it send at once
    double startNs;     //!< its arrival
    double endNs;       //!< in flowSim, above startNs
    double baseRttNs;   //!< of its route
    bool large;         //!< beyond a bandwidth-delay product
    bool held;          //!< the link is what holds it down for most of its bytes

    double Rate() const //!< mean, bytes per ns
    {
        return bytes / (endNs - startNs);
    }

    /// What of its window is not on its way at the mean rate, and so waits before the link that holds it down.
    double QueueBytes() const
    {
        return held ? std::max(0.0, windowBytes - Rate() * baseRttNs) : 0;
    }
};

/**
 * \ingroup m3-features
 * What flowSim shows of one directed link as flows come and go. The flows that the link holds down keep a queue there
 * of up to a window each, the others do not: their windows wait elsewhere.
 */
class LinkHistory
{
  public:
    /// Time constants of the fading averages, in base RTTs.
    static constexpr std::array<double, 4> RECENT_RTTS = {1, 10, 100, 1000};

    double capacity = 0;                             //!< bytes per ns
    double load = 0;                                 //!< bytes of all flows over capacity and time span
    uint32_t active = 0;                             //!< flows in transfer
    uint32_t large = 0;                              //!< of them, large
    uint32_t held = 0;                               //!< of them, held down here
    double heldWindow = 0;                           //!< bytes that these may have on their way
    double heldQueue = 0;                            //!< of them, those that wait
    double activeBytes = 0;                          //!< sizes of the flows in transfer
    double rate = 0;                                 //!< sum of the mean rates of the flows in transfer, bytes per ns
    double arrivedBytes = 0;                         //!< since the start
    uint32_t arrivedFlows = 0;                       //!< the same, flows
    double arrivedWindows = 0;                       //!< the same, bytes of first windows
    double recentFlows = 0;                          //!< flows arrived, fading with the first time constant
    std::array<double, RECENT_RTTS.size()> recent{}; //!< bytes arrived, fading with each time constant
    std::array<double, RECENT_RTTS.size()> recentHeld{};      //!< fading share of time in which it held a flow
    std::array<double, RECENT_RTTS.size()> recentHeldQueue{}; //!< fading average of heldQueue
    double backlog = 0;       //!< a queue that gets each flow at once and drains at capacity, bytes
    double windowBacklog = 0; //!< the same of each flow's first window only

    /// Integrals over time since the start, for averages over a span.
    struct Integrals
    {
        double held = 0;      //!< flow ns
        double heldQueue = 0; //!< byte ns
        double rate = 0;      //!< bytes
    };

    Integrals integrals; //!< up to the time it was advanced to

    /// Brings everything to a time, not before the last. \param rttNs base RTT
    void Advance(double nowNs, double rttNs);
    /// \pre advanced to its start
    void Arrive(const LinkUser& user);
    /// \pre advanced to its end
    void End(const LinkUser& user);

    /// Bytes that flows in transfer still have to send, each at its mean rate. \pre advanced to nowNs
    double RemainingBytes(double nowNs) const;
    /// Mean time since the starts of the flows in transfer, 0 if there are none.
    double MeanAgeNs(double nowNs) const;
    /// The same of those held down here.
    double MeanHeldAgeNs(double nowNs) const;

  private:
    double m_updatedNs = 0;
    double m_rateTimesEnd = 0; //!< sum over flows in transfer of mean rate x end
    double m_starts = 0;       //!< sum over flows in transfer
    double m_heldStarts = 0;   //!< sum over those held down here
};

} // namespace ns3::m3

#endif // M3_LINK_HISTORY_H
