// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_CLASS_MAX_MIN_H
#define M3_CLASS_MAX_MIN_H

#include "fluid-flow.h"

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-flowsim
 * Rates of flows of several classes that come and go, on links whose capacity may change.
 *
 * Each link divides its capacity as a switch port does. A strict class takes what it asks for of what the strict
 * classes before it leave. The others share the rest by generalized processor sharing (Parekh and Gallager, IEEE/ACM
 * Transactions on Networking 1993): a class that asks for more than the others leave gets a part in proportion to its
 * weight, however many flows it has. Within a class, flows share max-min fairly. A flow asks of a link for what its
 * limit and its other links let it have.
 *
 * A link offers to each class a largest rate per flow, or any rate where the class gets all that it asks for. The rate
 * of a flow is the lowest offer of its links. The offers are found link by link until no flow asks for anything else:
 * a change stays where it is felt. A flow that is on several paths takes its share of each link and still has one rate,
 * which the tightest of them decides. With one class these are the max-min fair rates. With several weighted classes
 * that meet on several links, more than one set of rates may agree with every link; this class then finds one of them.
 */
class ClassMaxMinRates
{
  public:
    /// An idle network. \param capacity of each link, at least 0 \param classes how they share links
    ClassMaxMinRates(const std::vector<double>& capacity, FluidClasses classes);

    /// Adds flow `id` (any small number not in use) of a class on these links. \param limit may be infinity if it has
    /// links
    /// \param shares as FluidFlow::shares
    void Add(uint32_t id, const Route& links, double limit, uint32_t priority, const std::vector<double>& shares = {});

    /// Makes `id` stand for a number of flows with the same links, limit and class.
    void SetCount(uint32_t id, uint32_t count);

    void Remove(uint32_t id); //!< takes a flow out

    /// Changes the capacity of a link, at least 0.
    void SetCapacity(uint32_t link, double capacity);

    /// Of each of the flows that `id` stands for; 0 where links or the classes before leave nothing.
    double Rate(uint32_t id) const
    {
        return m_flows[id].rate;
    }

    /// A link that holds the flow's rate down, or MaxMinRates::OWN_LIMIT.
    uint32_t Bottleneck(uint32_t id) const;

    /// As MaxMinRates::ReportBottlenecks; here Bottleneck() is always up to date.
    void ReportBottlenecks()
    {
        m_reportBottlenecks = true;
    }

    /// Those whose rate the last Add, SetCount, Remove or SetCapacity changed (an added one included).
    const std::vector<uint32_t>& Changed() const
    {
        return m_changed;
    }

  private:
    using Offers = std::array<double, PRIORITY_CLASSES>;

    struct FlowState
    {
        Route links;
        std::vector<double> shares;      //!< empty: 1
        std::vector<uint32_t> positions; //!< in the links' lists of flows
        double limit = 0;
        double count = 0;
        double rate = 0;
        uint32_t bottleneck = 0; //!< at the last look
        uint8_t priority = 0;
        bool isListed = false; //!< in m_touched
    };

    /// A flow on a link.
    struct Crossing
    {
        uint32_t flow;
        uint32_t index; //!< of this link in the flow's links
    };

    struct LinkState
    {
        double capacity = 0;
        bool oneClass = false; //!< does not tell classes apart
        bool isListed = false; //!< in m_queue
        uint32_t looks = 0;    //!< in the running repair
        Offers offers;         //!< rate that each flow of a class may have, infinity: all that it asks for
        std::vector<Crossing> flows;
    };

    /// What flows of a class ask for.
    struct Demand
    {
        double rate;
        double count;
    };

    uint32_t ClassAt(const LinkState& link, const FlowState& flow) const
    {
        return link.oneClass ? 0 : flow.priority;
    }

    double OfferTo(const FlowState& flow, std::size_t index) const
    {
        const LinkState& link = m_links[flow.links[index]];
        return link.offers[ClassAt(link, flow)];
    }

    double Asks(const FlowState& flow, std::size_t index) const;
    void CollectDemands(const LinkState& link);
    double Level(uint32_t priority, double share) const;
    void DivideByWeight(double left, uint32_t asking, Offers& offers) const;
    Offers Divide(const LinkState& link) const;
    void Look(uint32_t link);
    void TellFlow(FlowState& flow, uint32_t id, std::size_t index, double before, double now);
    void List(uint32_t link);
    void Touch(uint32_t flow);
    void Repair();

    FluidClasses m_classes;
    std::vector<LinkState> m_links;
    std::vector<FlowState> m_flows; //!< by id
    std::vector<uint32_t> m_queue;  //!< links to look at, first in, first out
    std::vector<uint32_t> m_seen;   //!< links that the running repair has looked at
    std::vector<uint32_t> m_touched;
    std::vector<uint32_t> m_changed;
    std::array<std::vector<Demand>, PRIORITY_CLASSES> m_demands; //!< of the link that is looked at, ascending
    std::array<double, PRIORITY_CLASSES> m_asked{};              //!< sums of them
    bool m_reportBottlenecks = false;
};

} // namespace ns3::m3

#endif // M3_CLASS_MAX_MIN_H
