// SPDX-License-Identifier: GPL-2.0-only
#include "link-history.h"

#include <algorithm>
#include <cmath>

namespace ns3::m3
{

namespace
{

double TenthPower(double x)
{
    const double fourth = x * x * x * x;
    return fourth * fourth * x * x;
}

} // namespace

void LinkHistory::Advance(double nowNs, double rttNs)
{
    const double elapsed = nowNs - m_updatedNs;
    if (elapsed <= 0)
    {
        return;
    }
    m_updatedNs = nowNs;
    double kept = std::exp(-elapsed / (RECENT_RTTS.back() * rttNs));
    for (std::size_t i = RECENT_RTTS.size(); i-- > 0; kept = TenthPower(kept)) // each time constant is a tenth
    {
        recent[i] *= kept;
        recentFlows *= i == 0 ? kept : 1;
        recentHeld[i] += (1 - kept) * (static_cast<double>(held > 0) - recentHeld[i]);
        recentHeldQueue[i] += (1 - kept) * (std::max(0.0, heldQueue) - recentHeldQueue[i]);
    }
    backlog = std::max(0.0, backlog - elapsed * capacity);
    windowBacklog = std::max(0.0, windowBacklog - elapsed * capacity);
    integrals.held += elapsed * held;
    integrals.heldQueue += elapsed * heldQueue;
    integrals.rate += elapsed * rate;
}

void LinkHistory::Arrive(const LinkUser& user)
{
    active++;
    large += user.large;
    activeBytes += user.bytes;
    rate += user.Rate();
    m_rateTimesEnd += user.Rate() * user.endNs;
    m_starts += user.startNs;
    if (user.held)
    {
        held++;
        heldWindow += user.windowBytes;
        heldQueue += user.QueueBytes();
        m_heldStarts += user.startNs;
    }
    arrivedBytes += user.bytes;
    arrivedFlows++;
    arrivedWindows += user.windowBytes;
    recentFlows++;
    backlog += user.bytes;
    windowBacklog += user.windowBytes;
    for (double& bytes : recent)
    {
        bytes += user.bytes;
    }
}

void LinkHistory::End(const LinkUser& user)
{
    active--;
    large -= user.large;
    activeBytes -= user.bytes;
    rate -= user.Rate();
    m_rateTimesEnd -= user.Rate() * user.endNs;
    m_starts -= user.startNs;
    if (user.held)
    {
        held--;
        heldWindow -= user.windowBytes;
        heldQueue -= user.QueueBytes();
        m_heldStarts -= user.startNs;
    }
    if (active == 0) // exactly, whatever rounding says
    {
        activeBytes = 0;
        rate = 0;
        m_rateTimesEnd = 0;
        m_starts = 0;
    }
    if (held == 0)
    {
        heldWindow = 0;
        heldQueue = 0;
        m_heldStarts = 0;
    }
}

double LinkHistory::RemainingBytes(double nowNs) const
{
    return std::max(0.0, m_rateTimesEnd - rate * nowNs);
}

double LinkHistory::MeanAgeNs(double nowNs) const
{
    return active ? std::max(0.0, nowNs - m_starts / active) : 0;
}

double LinkHistory::MeanHeldAgeNs(double nowNs) const
{
    return held ? std::max(0.0, nowNs - m_heldStarts / held) : 0;
}

} // namespace ns3::m3
