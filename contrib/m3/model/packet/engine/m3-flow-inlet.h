// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_INLET_H
#define M3_FLOW_INLET_H

#include "ns3/m3-flow.h"

#include <cstdint>
#include <functional>
#include <utility>

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * Adds flows to a packet run while it goes on (PacketRunOptions::inlet): from callbacks of its PacketObserver, and from
 * events of the Simulator in between.
 *
 * \code
 *   FlowInlet inlet;
 *   options.inlet = &inlet;
 *   options.observer = &client; // whose OnFlowEnd() calls inlet.Add({0, 1, 1000, inlet.NowNs()})
 *   const PacketResult result = RunPacketSimulation(fabric, config, flows, options);
 *   // result.flows[i] is the outcome of inlet.Flows()[i]
 * \endcode
 *
 * Added flows have the numbers that follow those of the list, in the order in which they were added; routes are chosen
 * as if they stood at the end of the list. The run ends when all flows have ended that there are by then: who adds the
 * next flow some time after the last one has ended adds it at that end, with a later start.
 */
class FlowInlet
{
  public:
    /**
     * Adds a flow. \param flow its start is at NowNs() or later, its class that of a flow that the run began with
     * \return its number
     * \throws InputError as CheckFlows, for another start or class, in a run in the order of a parallel run or with
     * routes of another list, and where no run goes on
     */
    uint32_t Add(const Flow& flow);

    /// Returns the present time of the run on the clock of the flows' starts, ns. \throws InputError where no run goes
    /// on
    int64_t NowNs() const;

    /// Returns the flows of the run that goes on, or of the last one: those of the list, then those that were added.
    const FlowList& Flows() const
    {
        return m_flows;
    }

    /// What the engine does with a flow that was added.
    struct Run
    {
        std::function<int64_t()> nowNs;              //!< Returns the present time, ns.
        std::function<void(const Flow& flow)> check; //!< Throws InputError for a flow that cannot take part.
        std::function<void()> afterAddition;         //!< Takes up the last flow of the list.
    };

    /// A run begins. Only RunPacketSimulation calls this. \return the flows of the run, which grow \throws InputError
    /// where another one goes on
    const FlowList& Begin(const FlowList& flows);

    /// The run takes flows from now on. Only RunPacketSimulation calls this.
    void Open(Run run)
    {
        m_run = std::move(run);
    }

    /// The run has ended. Only RunPacketSimulation calls this.
    void Close()
    {
        m_run = {};
    }

  private:
    FlowList m_flows;
    Run m_run; //!< empty where none goes on
};

} // namespace ns3::m3

#endif // M3_FLOW_INLET_H
