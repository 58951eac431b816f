// Documentation alone, for Doxygen; no source includes this file.

/**
 * \defgroup m3 Tail latency of data-centre networks
 *
 * Flow completion times by packets, by a max-min fluid, or by a fluid that a trained model corrects. A script calls
 * ns3::m3::FabricHelper, ns3::m3::WorkloadHelper and ns3::m3::M3Estimator; ns3::m3::RdmaNetwork is the packet engine as
 * an ns-3 object.
 */

/**
 * \ingroup m3
 * \namespace ns3::m3
 * Everything of the module m3.
 */
