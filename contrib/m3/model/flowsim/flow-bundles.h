// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_BUNDLES_H
#define M3_FLOW_BUNDLES_H

// Flows of flowSim that have the same links, limit and class, and so the same rate.
#include "dense-max-min.h"
#include "flow-sim.h"
#include "fluid-flow.h"

#include <boost/functional/hash.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-flowsim
 * Active flows with the same links and limit. They have one rate, so each ends when the bundle has served the bits that
 * it has per flow as it had when the flow came and the flow's own bits.
 */
struct Bundle
{
    /// A flow of the bundle.
    struct Member
    {
        double target;  //!< bits served per flow at its end
        double startNs; //!< of the flow
        uint32_t flow;  //!< its number in the order of starts

        /// Whether it ends later.
        bool operator>(const Member& other) const
        {
            return std::pair(target, flow) > std::pair(other.target, other.flow);
        }
    };

    std::priority_queue<Member, std::vector<Member>, std::greater<>> members; //!< the next to end first
    double served = 0;                                                        //!< bits per flow, at sinceNs
    double sinceNs = 0;                                                       //!< time of `served`
    double rate = 0;                                                          //!< of each flow
    Route links;                                                              //!< of each flow
    double rateLimit = 0;                                                     //!< of each flow
    uint8_t priority = 0;                                                     //!< class
    std::vector<double> shares;                                               //!< of links
    std::vector<Limited> limited; //!< per link and last their limit, where somebody wants it: since the bundle began
    std::size_t limiting = 0;     //!< index of what holds it down now

    /// Counts what was served until now.
    void Serve(double nowNs)
    {
        served += (nowNs - sinceNs) * rate;
        if (!limited.empty())
        {
            limited[limiting].timeNs += nowNs - sinceNs;
            limited[limiting].bits += (nowNs - sinceNs) * rate;
        }
        sinceNs = nowNs;
    }
};

/// \ingroup m3-flowsim
/// Finds the bundle of a flow by a hash of its links and limit: for any number of bundles.
class HashedBundles
{
  public:
    /// \return the id of the flow's bundle, or of a free one
    uint32_t Of(uint32_t /*flow*/, const FluidFlow& fluid, const std::vector<Bundle>& bundles)
    {
        std::size_t hash = boost::hash_value(fluid.rateLimit);
        boost::hash_range(hash, fluid.links.begin(), fluid.links.end());
        for (uint32_t id = First(hash); id != NONE; id = m_entries[id].next)
        {
            const Bundle& bundle = bundles[id];
            if (m_entries[id].hash == hash && bundle.links == fluid.links && bundle.rateLimit == fluid.rateLimit &&
                bundle.priority == fluid.priority && bundle.shares == fluid.shares)
            {
                return id;
            }
        }
        if (m_free.empty())
        {
            m_free.push_back(static_cast<uint32_t>(m_entries.size()));
            m_entries.emplace_back();
        }
        const uint32_t id = m_free.back();
        m_free.pop_back();
        if (m_entries.size() > m_first.size())
        {
            Grow();
        }
        m_entries[id] = {hash, First(hash)};
        First(hash) = id;
        return id;
    }

    /// The bundle is empty.
    void Release(uint32_t id)
    {
        uint32_t* link = &First(m_entries[id].hash);
        while (*link != id)
        {
            link = &m_entries[*link].next;
        }
        *link = m_entries[id].next;
        m_free.push_back(id);
    }

  private:
    static constexpr uint32_t NONE = UINT32_MAX;

    struct Entry
    {
        std::size_t hash = 0;
        uint32_t next = NONE; //!< bundle in the same chain
    };

    /// The head of a hash's chain.
    uint32_t& First(std::size_t hash)
    {
        return m_first[hash & (m_first.size() - 1)];
    }

    void Grow()
    {
        const std::vector<uint32_t> before = std::exchange(m_first, std::vector<uint32_t>(2 * m_first.size(), NONE));
        for (uint32_t head : before)
        {
            for (uint32_t id = head; id != NONE;)
            {
                const uint32_t next = m_entries[id].next;
                m_entries[id].next = std::exchange(First(m_entries[id].hash), id);
                id = next;
            }
        }
    }

    std::vector<uint32_t> m_first = std::vector<uint32_t>(64, NONE); //!< chains; their number is a power of 2
    std::vector<Entry> m_entries;                                    //!< by id
    std::vector<uint32_t> m_free;
};

/// \ingroup m3-flowsim
/// The bundles of few links and few flow classes (paths), known beforehand.
class KnownBundles
{
  public:
    /// \return nothing if there are too many for DenseMaxMinRates
    static std::optional<KnownBundles> Make(std::size_t links, const std::vector<FluidFlow>& flows)
    {
        KnownBundles bundles;
        if (links > DenseMaxMinRates::MAX_SIZE)
        {
            return {};
        }
        std::map<std::pair<uint64_t, double>, uint32_t> ids; // by links as bits, and limit
        bundles.m_ofFlow.reserve(flows.size());
        for (const FluidFlow& flow : flows)
        {
            uint64_t bits = 0;
            for (uint32_t link : flow.links)
            {
                bits |= uint64_t{1} << link;
            }
            const auto [known, isNew] = ids.try_emplace({bits, flow.rateLimit}, static_cast<uint32_t>(ids.size()));
            if (isNew && ids.size() > DenseMaxMinRates::MAX_SIZE)
            {
                return {};
            }
            bundles.m_ofFlow.push_back(static_cast<uint8_t>(known->second));
        }
        return bundles;
    }

    /// \return the id of the flow's bundle
    uint32_t Of(uint32_t flow, const FluidFlow& /*fluid*/, const std::vector<Bundle>& /*bundles*/) const
    {
        return m_ofFlow[flow];
    }

    /// Does nothing: a bundle keeps its id.
    void Release(uint32_t)
    {
    }

  private:
    std::vector<uint8_t> m_ofFlow;
};

} // namespace ns3::m3

#endif // M3_FLOW_BUNDLES_H
