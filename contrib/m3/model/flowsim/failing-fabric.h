// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FAILING_FABRIC_H
#define M3_FAILING_FABRIC_H

#include "flow-sim.h"

#include "ns3/m3-failures.h"
#include "ns3/m3-routes.h"

#include <functional>
#include <memory>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-flowsim
 * Links and routes of a fabric that fail, by the rules of the packet engine: a flow whose route is cut takes the one
 * that the new tables give it, and one that gets a route over a link that has come up takes that; all others stay where
 * they are. A flow without a route waits for one. Losses are left out.
 */
class FailingFabric final : public FluidChanges
{
  public:
    /// \param keyOf returns what the route of a flow is hashed from, by its number in the order of starts \param
    /// changes of LinkChangesOf()
    FailingFabric(const FabricGraph& fabric,
                  EngineMode mode,
                  std::function<RouteKey(uint32_t flow)> keyOf,
                  std::vector<LinkChange> changes);

    double NextNs() const override;
    void Make(std::vector<double>& linkGbps) override;
    bool Reroute(uint32_t flow, Route& links) override;

  private:
    FabricGraph m_fabric;
    EngineMode m_mode;
    std::function<RouteKey(uint32_t flow)> m_keyOf;
    std::vector<LinkChange> m_changes;
    std::size_t m_next = 0;        //!< change that comes next
    std::vector<bool> m_hasComeUp; //!< per directed link, with the last change
    std::unique_ptr<RouteTable> m_routes;
};

} // namespace ns3::m3

#endif // M3_FAILING_FABRIC_H
