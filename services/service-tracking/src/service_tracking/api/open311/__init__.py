"""Problems as Open311 GeoReport v2 requests, so that a city's hotline can read and file them."""
