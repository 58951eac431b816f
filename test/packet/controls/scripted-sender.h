// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TEST_SCRIPTED_SENDER_H
#define M3_TEST_SCRIPTED_SENDER_H

#include "packet/engine/star.h"

#include "ns3/m3-congestion-control.h"

#include <cmath>
#include <map>
#include <memory>

/// A sender that a test plays by hand: ACKs and timers go in, rates come out.
class ScriptedSender : public ns3::m3::SenderControl
{
  public:
    int64_t nowNs = 0;                   //!< the clock
    uint64_t nextToSend = 0;             //!< first byte not sent yet
    uint64_t rate = 10'000'000'000;      //!< sending rate, bit/s
    uint64_t cap = 10'000'000'000;       //!< of the rate
    uint64_t window = 12'500;            //!< W0
    int64_t baseRttNs = 10'000;          //!< of the pair
    double random = 0;                   //!< the next random number
    bool movedNextSend = false;          //!< the last change of rate also moved the next sending time
    uint32_t changes = 0;                //!< of the rate, so far
    std::map<uint32_t, int64_t> timers;  //!< running timers, and when they are due
    std::map<uint32_t, uint32_t> starts; //!< how often each was started

    int64_t NowNs() const override
    {
        return nowNs;
    }

    uint64_t NextToSend() const override
    {
        return nextToSend;
    }

    uint64_t Rate() const override
    {
        return rate;
    }

    uint64_t RateCap() const override
    {
        return cap;
    }

    uint64_t WindowBytes() const override
    {
        return window;
    }

    int64_t BaseRttNs() const override
    {
        return baseRttNs;
    }

    void SetRate(uint64_t bitsPerSecond) override
    {
        Change(bitsPerSecond, false);
    }

    void SetRateNow(uint64_t bitsPerSecond) override
    {
        Change(bitsPerSecond, true);
    }

    double Random() override
    {
        return random;
    }

    void StartTimer(uint32_t timer, int64_t delayNs) override
    {
        timers[timer] = nowNs + delayNs;
        starts[timer]++;
    }

    /// Runs the timers of a control that are due up to a time, in order, and goes there.
    void RunTimers(ns3::m3::CongestionControl& control, int64_t untilNs)
    {
        while (true)
        {
            auto next = timers.end();
            for (auto timer = timers.begin(); timer != timers.end(); timer++)
            {
                const bool earlier = next == timers.end() || timer->second < next->second;
                next = timer->second <= untilNs && earlier ? timer : next;
            }
            if (next == timers.end())
            {
                nowNs = untilNs;
                return;
            }
            const uint32_t timer = next->first;
            nowNs = next->second;
            timers.erase(next);
            control.OnTimer(*this, timer);
        }
    }

  private:
    void Change(uint64_t bitsPerSecond, bool moved)
    {
        rate = bitsPerSecond;
        movedNextSend = moved;
        changes++;
    }
};

/// An ACK without telemetry.
inline ns3::m3::AckInfo AckOf(uint64_t seq, bool echo = false, int64_t rttNs = 0)
{
    return {seq, echo, rttNs, nullptr, 0};
}

/// The configured control of a queue pair. \param config every value that the control needs is set; must outlive it
inline std::unique_ptr<ns3::m3::CongestionControl> ControlOf(const ns3::m3::RdmaConfig& config, uint64_t lineRate)
{
    const ns3::m3::CongestionControlFactory make = ns3::m3::MakeCongestionControlFactory(config);
    return make(lineRate);
}

/// Rate times factor in whole bit/s, as the rules of the HPCC simulator have it.
inline uint64_t Floor(double bitsPerSecond)
{
    return static_cast<uint64_t>(std::floor(bitsPerSecond));
}

#endif // M3_TEST_SCRIPTED_SENDER_H
