"""Object stores that speak S3: logs come from one, published nights are copied to one."""
